internal import CKernels

/// How many threads the kernels may use. The number changes speed, never a result.
public enum Threads {
  /// Lets kernels run on up to `count` threads.
  public static func use(_ count: Int) {
    precondition(count >= 1, "at least one thread is needed, not \(count)")
    alu_set_threads(Int32(clamping: count))
  }

  /// The number of threads kernels may use now.
  public static var count: Int { Int(alu_threads()) }
}

/// Runs `body` for every chunk, on as many threads as allowed, and returns when all are done.
///
/// Chunks must write to places of their own, and must be cut by the size of the problem, not by the number of threads:
/// then results do not depend on it. A call from inside a chunk runs on the calling thread.
package func parallelFor(_ chunks: Int, _ body: (_ chunk: Int) -> Void) {
  if chunks == 1 { return body(0) }
  withoutActuallyEscaping(body) { body in
    var box = LoopBody(run: body)
    withUnsafeMutablePointer(to: &box) { pointer in
      alu_parallel(
        chunks, { context, chunk in context?.assumingMemoryBound(to: LoopBody.self).pointee.run(chunk) }, pointer)
    }
  }
}

private struct LoopBody {
  let run: (Int) -> Void
}

/// Runs `body` on consecutive ranges of at most `length` that cover `0 ..< count`.
package func parallelRanges(_ count: Int, length: Int, _ body: (Range<Int>) -> Void) {
  if count <= length { return count > 0 ? body(0..<count) : () }
  parallelFor((count + length - 1) / length) { chunk in
    body(chunk * length..<min(count, (chunk + 1) * length))
  }
}
