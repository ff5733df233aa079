package org.octolift.apps.dpt;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.octolift.apps.report.Ade20k;
import org.octolift.engine.InputException;
import org.octolift.engine.io.NdArray;
import org.octolift.nn.checkpoint.ModelFiles;
import org.octolift.nn.checkpoint.StateDict;
import org.octolift.nn.models.dpt.Dpt;
import org.octolift.nn.models.dpt.DptBackbone;

/// The published weights of DPT, which users download. Which network a file is of follows from the
/// names and shapes in it.
public final class DptWeights {
  /// The file of DPT-Hybrid for ADE20K's classes.
  public static final String SEGMENTATION = "dpt_hybrid-ade20k-53898607.pt";

  private static final String RESIDUAL = "pretrained.model.patch_embed.backbone.stem.conv.weight";
  private static final String LAST = "scratch.output_conv.4.weight";

  private DptWeights() {}

  /// A network with its weights.
  ///
  /// @param published which one
  /// @param network loaded
  public record Loaded(PublishedDpt published, Dpt network) {}

  /// Loads a network that tells ADE20K's 150 classes.
  ///
  /// @throws InputException when the file is missing, damaged or of another network
  public static Dpt segmentation(Path file) throws IOException {
    return load(file, true, null).network();
  }

  /// Loads a network that tells depth.
  ///
  /// @param variant midas, kitti or nyu; null if the file's name tells
  /// @throws InputException when the file is missing, damaged, of another network, or of one of
  ///     three that only the variant tells apart
  public static Loaded depth(Path file, String variant) throws IOException {
    return load(file, false, variant);
  }

  /// Checks that there are weights.
  ///
  /// @param segments whether they shall tell classes, or depth
  /// @throws InputException when there is no file
  public static void requireFile(Path file, boolean segments) {
    if (!Files.exists(file)) {
      throw InputException.in(
          file,
          "expected the weights %s, found no such file; download them from %s"
              .formatted(
                  names(PublishedDpt.all(segments), PublishedDpt::file), PublishedDpt.RELEASE));
    }
  }

  private static Loaded load(Path file, boolean segments, String variant) throws IOException {
    requireFile(file, segments);
    SequencedMap<String, NdArray> entries = ModelFiles.read(file);
    PublishedDpt published = recognise(file, entries, segments, variant);
    Dpt network = new Dpt(published.backbone(), published.task());
    StateDict.load(network.parameters(), entries, file);
    return new Loaded(published, network);
  }

  /// Which network the entries are of, as far as the entries that differ tell.
  static PublishedDpt recognise(
      Path file, SequencedMap<String, NdArray> entries, boolean segments, String variant) {
    NdArray last = entries.get(LAST);
    int[] classes = {Ade20k.names().size(), 256, 1, 1};
    int[] depth = {1, 32, 1, 1};
    if (last == null || !Arrays.equals(last.shape(), segments ? classes : depth)) {
      boolean other = last != null && Arrays.equals(last.shape(), segments ? depth : classes);
      throw InputException.in(
          file,
          "expected the weights of a DPT that tells %s, with %s %s; found %s%s"
              .formatted(
                  segments ? "classes" : "depth",
                  LAST,
                  Arrays.toString(segments ? classes : depth),
                  last == null ? "no such entry" : Arrays.toString(last.shape()),
                  other ? "; use octolift dpt " + (segments ? "depth" : "segment") : ""));
    }
    boolean residual = entries.containsKey(RESIDUAL);
    DptBackbone backbone = residual ? DptBackbone.HYBRID : DptBackbone.LARGE;
    List<PublishedDpt> models =
        PublishedDpt.all(segments).stream()
            .filter(model -> model.backbone().equals(backbone))
            .toList();
    return variant == null ? byName(file, models) : byVariant(file, models, variant);
  }

  private static PublishedDpt byVariant(Path file, List<PublishedDpt> models, String variant) {
    return models.stream()
        .filter(model -> model.variant().equalsIgnoreCase(variant))
        .findFirst()
        .orElseThrow(
            () ->
                InputException.in(
                    file,
                    "--variant: for weights of this kind expected %s, got %s"
                        .formatted(names(models, PublishedDpt::variant), variant)));
  }

  private static PublishedDpt byName(Path file, List<PublishedDpt> models) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return models.stream()
        .filter(model -> models.size() == 1 || name.startsWith(model.prefix()))
        .findFirst()
        .orElseThrow(
            () ->
                InputException.in(
                    file,
                    "%s have the same names and shapes, and this file's name begins like none of"
                            .formatted(names(models, PublishedDpt::file))
                        + " them; tell which by --variant "
                        + names(models, PublishedDpt::variant)));
  }

  private static String names(List<PublishedDpt> models, Function<PublishedDpt, String> name) {
    return models.stream().map(name).collect(Collectors.joining(" or "));
  }
}
