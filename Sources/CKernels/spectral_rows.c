// Rows of tiles: transformed once for all groups, before the columns, and back again after them.

#include "alu_spectral.h"

#include <string.h>

enum { rows_per_chunk = 4 };

static size_t clamped(ptrdiff_t place, size_t end) {
  return place < 0 ? 0 : alu_smaller((size_t)place, end);
}

static alu_rows new_rows(const alu_tiling *tiling, size_t channels, size_t first, size_t count) {
  alu_rows r = {.channels = alu_round_up(channels, alu_block), .across = tiling->across, .first = first, .count = count};
  const size_t numbers = alu_groups(tiling->transforms->length) * alu_group_step(&r);
  r.bytes = (numbers + 2 * r.channels) * sizeof(alu_scalar);
  r.data = alu_take(r.bytes);
  memset(r.data + numbers, 0, 2 * r.channels * sizeof(alu_scalar));
  return r;
}

static const alu_scalar *zeros(const alu_tiling *tiling, const alu_rows *r) {
  return r->data + alu_groups(tiling->transforms->length) * alu_group_step(r);
}

typedef struct {
  const alu_view *view;
  const alu_tiling *tiling;
  const alu_rows *rows;
} analysis_job;

static void analysis_chunk(void *context, size_t chunk) {
  const analysis_job *job = context;
  const alu_view *v = job->view;
  const alu_transforms *t = job->tiling->transforms;
  const size_t numbers = v->batch * v->height * v->width * v->channels, start = chunk * rows_per_chunk;
  alu_row_source source = {.channels = v->channels};
  source.last_line = numbers >= alu_block ? v->data + numbers - alu_block : NULL;
  for (size_t r = start; r < alu_smaller(start + rows_per_chunk, job->rows->count); r++)
    for (size_t column = 0; column < job->tiling->across; column++) {
      const size_t row = job->rows->first + r;
      const ptrdiff_t x = (ptrdiff_t)(column * job->tiling->side) - (ptrdiff_t)v->left;
      source.start = v->data + ((ptrdiff_t)(row * v->width) + x) * (ptrdiff_t)v->channels;
      source.begin = -x, source.end = (ptrdiff_t)v->width - x;
      t->analyse_row(&source, v->missing, alu_row(job->rows, 0, row, column), alu_group_step(job->rows),
                     job->rows->channels);
    }
}

alu_rows alu_analyse_rows(const alu_view *view, const alu_tiling *tiling, size_t first, size_t end) {
  const size_t n = tiling->transforms->length, reach = tiling->transforms->reach;
  const size_t before = view->missing ? reach : 0, past = view->missing ? n + reach - view->missing : n;
  const ptrdiff_t low = (ptrdiff_t)(first % tiling->down * tiling->side + before) - (ptrdiff_t)view->top;
  const ptrdiff_t high = (ptrdiff_t)((end - 1) % tiling->down * tiling->side + past) - (ptrdiff_t)view->top;
  const size_t first_row = first / tiling->down * view->height + clamped(low, view->height);
  const size_t end_row = (end - 1) / tiling->down * view->height + clamped(high, view->height);
  const alu_rows rows = new_rows(tiling, view->channels, first_row, end_row - first_row);
  analysis_job job = {view, tiling, &rows};
  alu_parallel(alu_parts(rows.count, rows_per_chunk), analysis_chunk, &job);
  return rows;
}

void alu_analyse_tiles(const alu_view *v, const alu_tiling *tiling, const alu_rows *rows, size_t group, size_t first,
                       size_t end, const alu_spectrum *out, size_t start) {
  const alu_transforms *t = tiling->transforms;
  const alu_scalar *places[alu_longest];
  for (size_t tile = first; tile < end; tile++) {
    const size_t column = tile % tiling->across, strip = tile / tiling->across, image = strip / tiling->down;
    const ptrdiff_t top = (ptrdiff_t)(strip % tiling->down * tiling->side) - (ptrdiff_t)v->top;
    for (size_t place = 0; place < t->length; place++) {
      const ptrdiff_t y = top + (ptrdiff_t)place;
      const size_t row = image * v->height + (size_t)y;
      const int is_inside = y >= 0 && y < (ptrdiff_t)v->height && row >= rows->first && row - rows->first < rows->count;
      places[place] = is_inside ? alu_row(rows, group, row, column) : zeros(tiling, rows);
    }
    for (size_t c = 0; c < rows->channels; c += alu_block)
      t->analyse_column(places, c, rows->channels, v->missing, group,
                        out->data + alu_place(out, start + tile - first, c), out->step);
  }
}

alu_rows alu_new_results(const alu_convolution *s, const alu_tiling *tiling, size_t first, size_t end) {
  return new_rows(tiling, s->outputs, first * tiling->side, (end - first) * tiling->side);
}

void alu_synthesise_tiles(const alu_convolution *s, const alu_tiling *tiling, const alu_spectrum *in, size_t group,
                          size_t first, size_t end, const alu_rows *rows) {
  for (size_t tile = first; tile < end; tile++) {
    const size_t column = tile % tiling->across, strip = tile / tiling->across;
    const size_t left = s->result_height - strip % tiling->down * tiling->side;
    alu_scalar *row = alu_row(rows, group, strip * tiling->side, column);
    for (size_t c = 0; c < rows->channels; c += alu_block)
      tiling->transforms->synthesise_column(in->data + alu_place(in, tile - first, c), in->step, group, row + c,
                                            tiling->across * 2 * rows->channels, alu_smaller(tiling->side, left),
                                            rows->channels);
  }
}

typedef struct {
  const alu_convolution *shape;
  const alu_tiling *tiling;
  const alu_rows *rows;
  size_t first;
  const alu_scalar *bias;
  alu_scalar *y;
} synthesis_job;

static void synthesis_chunk(void *context, size_t chunk) {
  const synthesis_job *job = context;
  const alu_convolution *s = job->shape;
  const alu_tiling *tiling = job->tiling;
  const size_t strip = job->first + chunk, image = strip / tiling->down, top = strip % tiling->down * tiling->side;
  alu_row_target target = {.bias = job->bias, .channels = s->outputs};
  for (size_t t = 0; t < alu_smaller(tiling->side, s->result_height - top); t++)
    for (size_t column = 0; column < tiling->across; column++) {
      const size_t left = column * tiling->side, row = image * s->result_height + top + t;
      target.start = job->y + (row * s->result_width + left) * s->outputs;
      target.columns = alu_smaller(tiling->side, s->result_width - left);
      tiling->transforms->synthesise_row(alu_row(job->rows, 0, strip * tiling->side + t, column),
                                         alu_group_step(job->rows), job->rows->channels, &target);
    }
}

void alu_synthesise_rows(const alu_convolution *s, const alu_tiling *tiling, const alu_rows *rows, size_t first,
                         size_t end, const alu_scalar *bias, alu_scalar *y) {
  synthesis_job job = {s, tiling, rows, first, bias, y};
  alu_parallel(end - first, synthesis_chunk, &job);
}
