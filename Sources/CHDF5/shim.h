#pragma once
#include <hdf5.h>
#include <hdf5_hl.h>

/* H5T_NATIVE_*, H5P_* and H5E_DEFAULT are macros that call H5open() or cast: Swift needs functions. */
static inline hid_t alu_h5_native_float(void) { return H5T_NATIVE_FLOAT; }
static inline hid_t alu_h5_native_double(void) { return H5T_NATIVE_DOUBLE; }
static inline hid_t alu_h5_native_int64(void) { return H5T_NATIVE_INT64; }
static inline hid_t alu_h5_native_uint8(void) { return H5T_NATIVE_UINT8; }
static inline hid_t alu_h5_stored_float(void) { return H5T_IEEE_F32LE; }
static inline hid_t alu_h5_stored_double(void) { return H5T_IEEE_F64LE; }
static inline hid_t alu_h5_stored_int64(void) { return H5T_STD_I64LE; }
static inline hid_t alu_h5_stored_uint8(void) { return H5T_STD_U8LE; }
static inline hid_t alu_h5_c_string(void) { return H5T_C_S1; }
static inline hid_t alu_h5_dataset_create(void) { return H5P_DATASET_CREATE; }
static inline hid_t alu_h5_group_create(void) { return H5P_GROUP_CREATE; }
static inline hid_t alu_h5_file_create(void) { return H5P_FILE_CREATE; }
static inline hid_t alu_h5_file_access(void) { return H5P_FILE_ACCESS; }
static inline unsigned alu_h5_read_only(void) { return H5F_ACC_RDONLY; }
static inline unsigned alu_h5_exclusive(void) { return H5F_ACC_EXCL; }

/* The error stack is kept per thread; nothing may be printed from a library. */
static inline void alu_h5_be_quiet(void) { H5Eset_auto2(H5E_DEFAULT, NULL, NULL); }

static herr_t alu_h5_innermost(unsigned n, const H5E_error2_t *error, void *text) {
  if (n == 0 && error->desc) {
    char *out = (char *)text;
    size_t i = 0;
    for (; error->desc[i] && i < 255; i++) out[i] = error->desc[i];
    out[i] = 0;
  }
  return 0;
}
/* What the library says went wrong, innermost first; text holds at least 256 characters. */
static inline void alu_h5_last_error(char *text) {
  text[0] = 0;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, alu_h5_innermost, text);
  H5Eclear2(H5E_DEFAULT);
}

/* Where in its file an object stands; the call's name and structure changed between versions. */
static inline herr_t alu_h5_address(hid_t object, uint64_t *address) {
#if H5_VERSION_GE(1, 12, 0)
  H5O_info1_t information;
  herr_t status = H5Oget_info1(object, &information);
#else
  H5O_info_t information;
  herr_t status = H5Oget_info2(object, &information, H5O_INFO_BASIC);
#endif
  *address = information.addr;
  return status;
}
