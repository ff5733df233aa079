package org.octolift.nn.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.octolift.engine.InputException;
import org.octolift.engine.io.DType;
import org.octolift.engine.io.NdArray;
import org.octolift.nn.FormulaStream;
import org.octolift.nn.Parameter;
import org.octolift.nn.ParameterSet;

final class StateDictTest {
  private static final Path FILE = Path.of("runs", "00010.model.pth");
  private static final String COUNTER = "conv1.bn.num_batches_tracked";

  @TempDir private Path folder;
  private final ParameterSet source = SmallUNet.of(1).parameters();
  private final ParameterSet target = SmallUNet.of(2).parameters();

  @Test
  void hasTheReferencesEntries() {
    Map<String, NdArray> entries = StateDict.of(source);

    assertThat(entries.keySet()).containsExactlyElementsOf(source.names());
    assertThat(entries.get("conv1.conv.weights").expectShape(4, 81).dtype())
        .isEqualTo(DType.FLOAT32);
    entries.get("upsample.0.deconv.weights").expectShape(4, 24);
    entries.get("header.1.conv1x1.weight").expectShape(5, 2, 1);
    assertThat(entries.get(COUNTER).expectShape().dtype()).isEqualTo(DType.INT64);
    Parameter weights = source.get("conv1.conv.weights");
    float[] reference = entries.get("conv1.conv.weights").floats();
    // Row k·Ci + c of ours is column c·K + k of the reference.
    assertThat(reference[3 * 81 + 2 * 27 + 5])
        .isEqualTo(weights.variable().data().get((5 * 3 + 2) * 4 + 3));
    weights = source.get("upsample.0.deconv.weights");
    reference = entries.get("upsample.0.deconv.weights").floats();
    assertThat(reference[3 * 24 + 2 * 8 + 5])
        .isEqualTo(weights.variable().data().get((5 * 4 + 3) * 3 + 2));
  }

  @Test
  void comesBackThroughSafetensors() throws IOException {
    source.countBatch();
    Path file = folder.resolve("model.safetensors");
    Safetensors.write(file, StateDict.of(source), Map.of());
    StateDict.load(target, ModelFiles.read(file), file);

    assertEqual(target, source);
  }

  @Test
  void loadsWhatPyTorchWrote() throws IOException {
    FormulaStream.fill(source);
    source.batchesTracked().keySet().forEach(name -> source.setBatchesTracked(name, 7));
    for (String name : new String[] {"small.model.pth", "small.solver.tar"}) {
      Path file = TestFiles.resource(folder, name);
      ParameterSet loaded = SmallUNet.of(3).parameters();
      StateDict.load(loaded, ModelFiles.read(file), file);

      assertEqual(loaded, source);
    }
  }

  @Test
  void numbersOfOtherWidthsAreConverted() {
    Map<String, NdArray> entries = StateDict.of(source);
    double[] wide = {0.1, 1e-50, -2, 3};
    entries.put("conv1.bn.weight", NdArray.of(wide, 4));
    short[] half = {0x3c00, (short) 0xc000, 0, 0x3555};
    entries.put("conv1.bn.bias", bits(DType.FLOAT16, half));
    short[] brain = {0x3f80, (short) 0xc000, 0, 0x3eab};
    entries.put("conv1.bn.running_mean", bits(DType.BFLOAT16, brain));
    StateDict.load(target, entries, FILE);

    assertThat(target.get("conv1.bn.weight").toReference()).containsExactly(0.1f, 0, -2, 3);
    assertThat(target.get("conv1.bn.bias").toReference())
        .containsExactly(1, -2, 0, Float.float16ToFloat((short) 0x3555));
    assertThat(target.get("conv1.bn.running_mean").toReference())
        .containsExactly(1, -2, 0, Float.intBitsToFloat(0x3eab0000));
  }

  @Test
  void anotherNetworkIsRefusedAndNothingSet() {
    Map<String, NdArray> before = StateDict.of(target);
    Map<String, NdArray> entries = StateDict.of(source);
    entries.put("header.1.conv1x1.bias", NdArray.of(new float[21], 21));
    assertRefused(entries)
        .hasMessage(
            FILE
                + ": this checkpoint is of another network: expected header.1.conv1x1.bias (5), "
                + "found (21)");

    Map<String, NdArray> fewer = StateDict.of(source);
    fewer.remove("conv1.bn.weight");
    fewer.remove(COUNTER);
    assertRefused(fewer)
        .hasMessage(
            FILE
                + ": this checkpoint is of another network: 2 of 56 expected entries are missing, "
                + "e.g. conv1.bn.weight (4), conv1.bn.num_batches_tracked ()");

    Map<String, NdArray> renamed = new LinkedHashMap<>();
    StateDict.of(source).forEach((name, entry) -> renamed.put("module." + name, entry));
    assertRefused(renamed)
        .hasMessageStartingWith(
            FILE
                + ": this checkpoint is of another network: 56 of 56 expected entries are missing, "
                + "e.g. conv1.conv.weights (4, 81), conv1.bn.weight (4), ")
        .hasMessageContaining("; 56 of 56 entries found are unexpected, e.g. module.conv1.conv.");
    assertSame(StateDict.of(target), before);
  }

  @Test
  void valuesOfAnotherKindAreRefused() {
    Map<String, NdArray> entries = StateDict.of(source);
    entries.put("conv1.bn.weight", NdArray.of(new int[4], 4));
    assertRefused(entries)
        .hasMessage(FILE + ": conv1.bn.weight: expected floating-point numbers, found int32");

    Map<String, NdArray> counted = StateDict.of(source);
    counted.put(COUNTER, NdArray.of(new float[] {1}));
    assertRefused(counted)
        .hasMessage(FILE + ": " + COUNTER + ": expected a number of batches, found float32");
    counted.put(COUNTER, NdArray.of(new long[] {-1}));
    assertRefused(counted).hasMessageContaining(COUNTER);
  }

  @Test
  void theTrunkFitsAModelOfOtherClasses() {
    source.countBatch();
    ParameterSet other = SmallUNet.of(9, 1, 4).parameters();
    Map<String, NdArray> before = StateDict.of(other);
    StateDict.loadTrunk(other, StateDict.of(source), FILE);

    Map<String, NdArray> expected = StateDict.of(source);
    before.forEach(
        (name, entry) -> {
          if (name.contains("header")) {
            expected.put(name, entry);
          }
        });
    assertSame(StateDict.of(other), expected);
  }

  @Test
  void aTrunkMayHoldLessButNotMore() {
    ParameterSet deeper = SmallUNet.of(5, 2, 4).parameters();
    Map<String, NdArray> before = StateDict.of(deeper);
    StateDict.loadTrunk(deeper, StateDict.of(source), FILE);
    String name = "decoder.0.resblks.1.conv3x3a.conv.weights";
    assertThat(deeper.get(name).toReference()).isEqualTo(before.get(name).floats());

    assertThatThrownBy(() -> StateDict.loadTrunk(target, StateDict.of(deeper), FILE))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("12 of 60 entries found are unexpected, e.g. " + name + " (3, 81)");
    Map<String, NdArray> headers = StateDict.of(source);
    headers.keySet().removeIf(entry -> !entry.contains("header"));
    assertThatThrownBy(() -> StateDict.loadTrunk(target, headers, FILE))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("56 of 56 expected entries are missing");
  }

  private AbstractThrowableAssert<?, ?> assertRefused(Map<String, NdArray> entries) {
    return assertThatThrownBy(() -> StateDict.load(target, entries, FILE))
        .isInstanceOf(InputException.class);
  }

  private static void assertEqual(ParameterSet actual, ParameterSet expected) {
    assertSame(StateDict.of(actual), StateDict.of(expected));
  }

  private static void assertSame(Map<String, NdArray> actual, Map<String, NdArray> expected) {
    assertThat(actual.keySet()).containsExactlyElementsOf(expected.keySet());
    expected.forEach(
        (name, entry) -> {
          assertThat(actual.get(name).dtype()).as(name).isEqualTo(entry.dtype());
          assertThat(actual.get(name).shape()).as(name).isEqualTo(entry.shape());
          assertThat(actual.get(name).segment().mismatch(entry.segment())).as(name).isEqualTo(-1);
        });
  }

  private static NdArray bits(DType dtype, short... bits) {
    return new NdArray(
        dtype.toString(),
        dtype,
        new int[] {bits.length},
        MemorySegment.ofArray(Arrays.copyOf(bits, bits.length)));
  }
}
