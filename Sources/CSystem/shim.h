#pragma once
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <zlib.h>

/* rename(2) that fails with EEXIST instead of replacing; Swift does not see renameat2. */
static inline int alu_rename_new(const char *from, const char *to) {
  return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 1u);
}
/* Swaps two names in one step. */
static inline int alu_exchange(const char *one, const char *other) {
  return (int)syscall(SYS_renameat2, AT_FDCWD, one, AT_FDCWD, other, 2u);
}
/* Its argument is an enumeration in C and a number in C++. */
static inline int alu_address_space(struct rlimit *limit) { return getrlimit(RLIMIT_AS, limit); }
/* Asks for a signal when the process that started this one ends; prctl is variadic, which Swift does not call. */
static inline int alu_signal_at_end_of_parent(int signal) {
  return prctl(PR_SET_PDEATHSIG, (unsigned long)signal, 0ul, 0ul, 0ul);
}
