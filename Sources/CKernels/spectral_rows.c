// Rows of tiles: transformed once for all groups, before the columns, and back again after them.

#include "alu_spectral.h"

#include <string.h>

enum { rows_per_chunk = 16 };

static size_t clamped(ptrdiff_t place, size_t end) {
  return place < 0 ? 0 : alu_smaller((size_t)place, end);
}

static alu_rows new_rows(const alu_tiling *tiling, size_t channels, size_t first, size_t count) {
  alu_rows r = {.channels = alu_round_up(channels, alu_block), .across = tiling->across, .first = first, .count = count};
  const size_t numbers = alu_groups(tiling->transforms->length) * alu_steps(&r).group;
  r.bytes = (numbers + 2 * r.channels) * sizeof(alu_scalar);
  r.data = alu_take(r.bytes);
  memset(r.data + numbers, 0, 2 * r.channels * sizeof(alu_scalar));
  return r;
}

// Whether images are transformed whole.
static int is_whole(const alu_tiling *tiling, size_t height, size_t width, size_t channels) {
  const alu_transforms *t = tiling->transforms;
  const size_t side = t->length - t->reach;
  return t->analyse_whole && tiling->is_framed && height == side && width == side && channels % alu_block == 0;
}

static const alu_scalar *zeros(const alu_tiling *tiling, const alu_rows *r) {
  return r->data + alu_groups(tiling->transforms->length) * alu_steps(r).group;
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
  const size_t numbers = v->batch * v->height * v->width * v->channels, row = job->rows->first + chunk * rows_per_chunk;
  const alu_row_steps steps = alu_steps(job->rows);
  alu_row_source source = {.channels = v->channels, .row_step = v->width * v->channels};
  source.last_line = numbers >= alu_block ? v->data + numbers - alu_block : NULL;
  source.rows = alu_smaller(rows_per_chunk, job->rows->count - chunk * rows_per_chunk);
  for (size_t column = 0; column < job->tiling->across; column++) {
    const ptrdiff_t x = (ptrdiff_t)(column * job->tiling->side) - (ptrdiff_t)v->left;
    source.start = v->data + ((ptrdiff_t)(row * v->width) + x) * (ptrdiff_t)v->channels;
    source.begin = -x, source.end = (ptrdiff_t)v->width - x;
    t->analyse_rows(&source, v->missing, alu_row(job->rows, 0, row, column), &steps);
  }
}

alu_rows alu_analyse_rows(const alu_view *view, const alu_tiling *tiling, size_t first, size_t end) {
  const size_t n = tiling->transforms->length, reach = tiling->transforms->reach;
  if (is_whole(tiling, view->height, view->width, view->channels)) return (alu_rows){.channels = view->channels};
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

// Tiles [first, end) that are images.
static void analyse_images(const alu_view *v, const alu_tiling *tiling, size_t group, size_t first, size_t end,
                           const alu_spectrum *out, size_t start) {
  alu_column c = {.channels = v->channels, .step = out->step};
  for (size_t image = first; image < end; image++)
    for (c.channel = 0; c.channel < v->channels; c.channel += alu_panel) {
      c.count = alu_panel_width(v->channels, c.channel);
      tiling->transforms->analyse_whole(v->data + image * v->height * v->width * v->channels, &c, group,
                                        out->data + alu_place(out, start + image - first, c.channel));
    }
}

void alu_analyse_tiles(const alu_view *v, const alu_tiling *tiling, const alu_rows *rows, size_t group, size_t first,
                       size_t end, const alu_spectrum *out, size_t start) {
  if (!rows->data) {
    analyse_images(v, tiling, group, first, end, out, start);
    return;
  }
  const alu_transforms *t = tiling->transforms;
  const alu_scalar *places[alu_longest], *outside = zeros(tiling, rows);
  const size_t row_step = alu_steps(rows).row;
  for (size_t tile = first; tile < end; tile++) {
    const size_t column = tile % tiling->across, strip = tile / tiling->across;
    const size_t image = strip / tiling->down, down = strip - image * tiling->down;
    const ptrdiff_t top = (ptrdiff_t)(down * tiling->side) - (ptrdiff_t)v->top;
    // The rows in hand may begin or end within this image, but never within the places of a tile that lie in it.
    const alu_scalar *first_row = alu_row(rows, group, rows->first, column);
    const ptrdiff_t from = (ptrdiff_t)(image * v->height) + top - (ptrdiff_t)rows->first;
    for (ptrdiff_t place = 0; place < (ptrdiff_t)t->length; place++) {
      const int is_inside = top + place >= 0 && top + place < (ptrdiff_t)v->height && from + place >= 0 &&
                            from + place < (ptrdiff_t)rows->count;
      places[place] = is_inside ? first_row + (size_t)(from + place) * row_step : outside;
    }
    alu_column c = {.channels = rows->channels, .step = out->step};
    for (; c.channel < rows->channels; c.channel += alu_panel) {
      c.count = alu_panel_width(rows->channels, c.channel);
      t->analyse_column(places, &c, v->missing, group, out->data + alu_place(out, start + tile - first, c.channel));
    }
  }
}

alu_results alu_new_results(const alu_convolution *s, const alu_tiling *tiling, size_t first, size_t end,
                            const alu_scalar *bias, alu_scalar *y) {
  alu_results r = {.rows = {.channels = s->outputs}, .bias = bias, .y = y};
  if (!is_whole(tiling, s->result_height, s->result_width, s->outputs))
    r.rows = new_rows(tiling, s->outputs, first * tiling->side, (end - first) * tiling->side);
  return r;
}

static void synthesise_images(const alu_convolution *s, const alu_tiling *tiling, const alu_spectrum *in, size_t group,
                              size_t first, size_t end, const alu_results *results) {
  alu_column c = {.channels = s->outputs, .step = in->step};
  for (size_t image = first; image < end; image++)
    for (c.channel = 0; c.channel < s->outputs; c.channel += alu_panel) {
      c.count = alu_panel_width(s->outputs, c.channel);
      tiling->transforms->synthesise_whole(in->data + alu_place(in, image - first, c.channel), &c, group, results->bias,
                                           results->y + image * s->result_height * s->result_width * s->outputs);
    }
}

void alu_synthesise_tiles(const alu_convolution *s, const alu_tiling *tiling, const alu_spectrum *in, size_t group,
                          size_t first, size_t end, const alu_results *results) {
  const alu_rows *rows = &results->rows;
  if (!rows->data) {
    synthesise_images(s, tiling, in, group, first, end, results);
    return;
  }
  for (size_t tile = first; tile < end; tile++) {
    const size_t strip = tile / tiling->across, column = tile - strip * tiling->across;
    const size_t left = s->result_height - strip % tiling->down * tiling->side;
    alu_scalar *row = alu_row(rows, group, strip * tiling->side, column);
    alu_column c = {.channels = rows->channels, .step = in->step};
    for (; c.channel < rows->channels; c.channel += alu_panel) {
      c.count = alu_panel_width(rows->channels, c.channel);
      tiling->transforms->synthesise_column(in->data + alu_place(in, tile - first, c.channel), &c, group, row,
                                            alu_steps(rows).row, alu_smaller(tiling->side, left));
    }
  }
}

typedef struct {
  const alu_convolution *shape;
  const alu_tiling *tiling;
  const alu_results *results;
  size_t first;
} synthesis_job;

static void synthesis_chunk(void *context, size_t chunk) {
  const synthesis_job *job = context;
  const alu_convolution *s = job->shape;
  const alu_tiling *tiling = job->tiling;
  const alu_rows *rows = &job->results->rows;
  const size_t strip = job->first + chunk, image = strip / tiling->down, top = strip % tiling->down * tiling->side;
  const alu_row_steps steps = alu_steps(rows);
  alu_row_target target = {.bias = job->results->bias, .channels = s->outputs, .row_step = s->result_width * s->outputs};
  target.rows = alu_smaller(tiling->side, s->result_height - top);
  for (size_t column = 0; column < tiling->across; column++) {
    const size_t left = column * tiling->side, row = image * s->result_height + top;
    target.start = job->results->y + (row * s->result_width + left) * s->outputs;
    target.columns = alu_smaller(tiling->side, s->result_width - left);
    tiling->transforms->synthesise_rows(alu_row(rows, 0, strip * tiling->side, column), &steps, &target);
  }
}

void alu_finish_results(const alu_convolution *s, const alu_tiling *tiling, const alu_results *results, size_t first,
                        size_t end) {
  synthesis_job job = {s, tiling, results, first};
  if (results->rows.data) alu_parallel(end - first, synthesis_chunk, &job);
  alu_drop_rows(&results->rows);
}
