package org.octolift.benchmarks.gpu;

import java.util.Map;
import java.util.stream.IntStream;
import org.octolift.kernels.gpu.TileLists;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/// What the kernels want to know of one direction of a shell's relation ([TileLists]).
///
/// @param columns the column of each offset
/// @param lists the offsets of each tile
/// @param blocks the blocks of each column
/// @param order of the rows, if {@code ordered} is 1
record Tiles(IntArray columns, IntArray lists, IntArray blocks, IntArray order, int ordered) {
  /// Makes them on the device, and prints what it takes.
  ///
  /// @param mirrored whether for the gradient to the input
  /// @param order one element if the rows stay as they are
  static Tiles of(Stopwatch stopwatch, Shell shell, boolean mirrored, IntArray order) {
    IntArray counts = IntArray.fromElements(shell.rows());
    IntArray shape = shell.shape();
    IntArray columns = new IntArray(Shell.OFFSETS);
    for (int k = 0; k < Shell.OFFSETS; k++) {
      columns.set(k, mirrored ? Shell.OFFSETS - 1 - k : k);
    }
    int ordered = order.getSize() > 1 ? 1 : 0;
    IntArray masks = new IntArray(shell.rows());
    IntArray lists = new IntArray(TileLists.PITCH * shell.tiles());
    int blocks = Math.ceilDiv(shell.rows(), TileLists.BLOCK);
    IntArray blockMasks = new IntArray(blocks);
    IntArray blockLists = new IntArray(Shell.OFFSETS * TileLists.blockPitch(blocks));
    double time =
        stopwatch.time(
            graph ->
                graph
                    .task(
                        "masks",
                        TileLists::masks,
                        masks,
                        shell.table(),
                        counts,
                        shape,
                        Shell.OFFSETS)
                    .task(
                        "lists",
                        TileLists::lists,
                        new KernelContext(),
                        lists,
                        masks,
                        columns,
                        order,
                        counts,
                        shape,
                        Shell.OFFSETS,
                        ordered)
                    .task(
                        "blockMasks",
                        TileLists::blockMasks,
                        blockMasks,
                        masks,
                        order,
                        counts,
                        shape,
                        ordered)
                    .task(
                        "blockLists",
                        TileLists::blockLists,
                        new KernelContext(),
                        blockLists,
                        blockMasks,
                        shape),
            Map.of(
                "lists",
                Stopwatch.groups(TileLists.ROWS, shell.tiles(), 1, 1),
                "blockLists",
                Stopwatch.groups(TileLists.LISTERS, Shell.OFFSETS, 1, 1)),
            new Object[] {shell.table(), columns, order, counts, shape, masks, blockMasks},
            lists,
            blockLists);
    double offsets =
        IntStream.range(0, shell.tiles()).mapToDouble(i -> lists.get(TileLists.PITCH * i)).sum();
    GpuKernels.print(
        "%-44s %8.3f ms, %.1f offsets a tile, %.1f a block",
        "tile lists" + (ordered == 1 ? ", sorted rows" : "") + (mirrored ? ", mirrored" : ""),
        time,
        offsets / shell.tiles(),
        IntStream.range(0, Shell.OFFSETS)
                .mapToDouble(c -> blockLists.get(c * TileLists.blockPitch(blocks)))
                .sum()
            / blocks);
    return new Tiles(columns, lists, blockLists, order, ordered);
  }

  /// Ints of a column's list of blocks.
  int pitch() {
    return blocks.getSize() / Shell.OFFSETS;
  }
}
