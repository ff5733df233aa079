package org.octolift.apps.data;

import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import org.octolift.apps.config.AugmentationConfig;
import org.octolift.apps.config.DataConfig;
import org.octolift.engine.InputException;
import org.octolift.engine.octree.BoundingBall;
import org.octolift.engine.octree.PointTransform;
import org.octolift.engine.octree.PointTransform.Clipped;
import org.octolift.engine.octree.PointTransform.Orientation;
import org.octolift.engine.octree.Points;

/// Turns a scan into points in the cube that octrees cover.
///
/// ScanNet and Matterport3D: the centre of the bounding box goes to the origin and 5.12 m become 1;
/// with distortion, colours change ([ColourDistortion]) and, with probability 0.95, the shape bends
/// ([ElasticDistortion]) in cells of 1 m, then of 4 m. Other data: the bounding ball, or the one
/// that is configured, becomes the unit ball.
///
/// Then, for both: displacement along the normals; with distortion, rotation by whole degrees, a
/// shift and a scale for each axis, in this order; orientation of normals; what lies outside the
/// cube is cut off. The features of the points are the colours in 0..1.
///
/// All that is random comes from the generator that is passed in, so this may be used by several
/// threads.
public final class Augmentation {
  private static final float METRES = 5.12f;
  private static final float WHITE = 255;
  private static final double ELASTIC_CHANCE = 0.95;
  private static final List<double[]> ELASTIC =
      List.of(new double[] {0.2, 0.4}, new double[] {0.8, 1.6});

  /// Beyond this the grid of the elastic distortion would not fit into memory: 100 m.
  private static final float FARTHEST = 20;

  private static final double RADIANS = 3.14159265 / 180;
  private static final float[] LOWER = {-1, -1, -1};
  private static final float[] UPPER = {1, 1, 1};

  private final AugmentationConfig config;
  private final boolean metric;

  /// The augmentation of a data section.
  public Augmentation(DataConfig data) {
    this(data.augmentation(), data.isMetric());
  }

  private Augmentation(AugmentationConfig config, boolean metric) {
    this.config = config;
    this.metric = metric;
  }

  /// Only centres scans in metres and cuts off what lies outside the cube.
  public static Augmentation none() {
    return new Augmentation(
        new AugmentationConfig(
            "none", false, List.of(0, 0, 0), 0, 0, 0, "", "sphere", -1, List.of(-1.0)),
        true);
  }

  /// The points of {@code scan} in the cube, and which they are.
  ///
  /// @throws InputException naming the scan: when no point is left, or normals or colours are
  /// needed and missing
  public Clipped apply(Scan scan, RandomGenerator random) {
    Points points = metric ? inMetres(scan, random) : inBall(scan);
    if (config.offset() > 0 && scan.normals() == null) {
      throw new InputException(
          "%s: has no normals, along which %s.offset %s moves points; set it to 0.0"
              .formatted(scan.source(), config.section(), config.offset()));
    }
    points = PointTransform.displace(points, (float) config.offset());
    if (config.distort()) {
      points = transform(points, random);
    }
    if (!config.normalAxis().isEmpty()) {
      points = PointTransform.orient(points, orientation(config.normalAxis()));
    }
    Clipped clipped = PointTransform.clip(points, LOWER, UPPER);
    if (clipped.inside() == 0) {
      throw new InputException(
          "%s: none of its %d points lies in the cube; %s"
              .formatted(
                  scan.source(),
                  scan.size(),
                  metric
                      ? "coordinates must be metres, of which ±5.12 around the centre are used"
                      : "check %1$s.radius, %1$s.center and %1$s.jitter"
                          .formatted(config.section())));
    }
    return clipped;
  }

  private Points inMetres(Scan scan, RandomGenerator random) {
    float[] xyz = centred(scan.xyz());
    float[] colours = scan.colours();
    if (config.distort()) {
      if (colours != null) {
        requireBytes(scan);
        colours = ColourDistortion.apply(colours, random);
      }
      if (random.nextDouble() < ELASTIC_CHANCE) {
        requireRoomSize(scan, xyz);
        for (double[] step : ELASTIC) {
          xyz = ElasticDistortion.apply(xyz, step[0], step[1], random);
        }
      }
    }
    return points(scan, xyz, colours);
  }

  private Points inBall(Scan scan) {
    List<Double> centre = config.centre();
    BoundingBall ball =
        config.radius() > 0
            ? new BoundingBall(
                centre.get(0).floatValue(),
                centre.get(1).floatValue(),
                centre.get(2).floatValue(),
                (float) config.radius())
            : config.sphere().equals("box")
                ? BoundingBall.ofBox(scan.xyz())
                : BoundingBall.smallest(scan.xyz());
    return PointTransform.normalise(points(scan, scan.xyz(), scan.colours()), ball);
  }

  private Points transform(Points points, RandomGenerator random) {
    float[] angle = new float[3];
    float[] scale = new float[3];
    float[] shift = new float[3];
    for (int axis = 0; axis < 3; axis++) {
      int most = config.angle().get(axis);
      angle[axis] = (float) (random.nextInt(-most, most + 1) * RADIANS);
    }
    for (int axis = 0; axis < 3; axis++) {
      scale[axis] = (float) uniform(random, 1 - config.scale(), 1 + config.scale());
    }
    for (int axis = 0; axis < 3; axis++) {
      shift[axis] = (float) uniform(random, -config.jitter(), config.jitter());
    }
    Points turned = PointTransform.rotate(points, angle[0], angle[1], angle[2]);
    Points moved = PointTransform.translate(turned, shift[0], shift[1], shift[2]);
    return PointTransform.scale(moved, scale[0], scale[1], scale[2]);
  }

  private static double uniform(RandomGenerator random, double from, double to) {
    return from + (to - from) * random.nextDouble();
  }

  private static Orientation orientation(String axis) {
    return axis.equals("xyz")
        ? Orientation.ABSOLUTE
        : Orientation.valueOf(axis.toUpperCase(Locale.ROOT));
  }

  private static float[] centred(float[] xyz) {
    float[] least = {xyz[0], xyz[1], xyz[2]};
    float[] most = least.clone();
    for (int i = 3; i < xyz.length; i++) {
      least[i % 3] = Math.min(least[i % 3], xyz[i]);
      most[i % 3] = Math.max(most[i % 3], xyz[i]);
    }
    float[] result = new float[xyz.length];
    for (int i = 0; i < xyz.length; i++) {
      result[i] = (xyz[i] - (least[i % 3] + most[i % 3]) / 2) / METRES;
    }
    return result;
  }

  private static Points points(Scan scan, float[] xyz, float[] colours) {
    float[] features = null;
    if (colours != null) {
      features = new float[colours.length];
      for (int i = 0; i < features.length; i++) {
        features[i] = colours[i] / WHITE;
      }
    }
    float[] labels = null;
    if (scan.labels() != null) {
      labels = new float[scan.size()];
      for (int i = 0; i < labels.length; i++) {
        labels[i] = scan.labels()[i];
      }
    }
    return new Points(xyz, scan.normals(), features, labels);
  }

  private static void requireBytes(Scan scan) {
    for (float value : scan.colours()) {
      if (value > 1) {
        return;
      }
    }
    throw new InputException(
        scan.source() + ": colours must lie in 0..255 to be distorted, none exceeds 1");
  }

  private static void requireRoomSize(Scan scan, float[] xyz) {
    for (float value : xyz) {
      if (Math.abs(value) > FARTHEST) {
        throw new InputException(
            "%s: extends over more than %.0f m: too far for the elastic distortion; are its"
                    .formatted(scan.source(), 2 * FARTHEST * METRES)
                + " coordinates metres?");
      }
    }
  }
}
