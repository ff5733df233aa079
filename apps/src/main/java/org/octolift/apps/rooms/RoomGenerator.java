package org.octolift.apps.rooms;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// Makes furnished rooms and scans of them. Stateless: rooms may be made on any number of threads.
public final class RoomGenerator {
  private static final double FIELD_OF_VIEW = 75;

  /// Panoramas draw from a source of their own, so that scans do not depend on them.
  private static final long PANORAMAS = 0x70616E6F72616D61L;

  /// What is seen where the ceiling would be.
  private static final float CEILING = 228;

  private RoomGenerator() {}

  /// The room of a seed. Its type is drawn from {@code options.types()} by the seed as well.
  public static Room generate(long seed, RoomOptions options) {
    Dice dice = new Dice(seed);
    Furnished furnished = furnish(dice, options);
    Scene scene = furnished.scene;
    List<Camera> cameras = cameras(furnished.plan, options, dice.split());
    DepthSensor sensor = new DepthSensor(options.noise());
    VoxelFusion fusion = new VoxelFusion(options.voxel());
    for (Camera camera : cameras) {
      Dice errors = dice.split();
      float[] glare = new float[camera.width() * camera.height()];
      View view = sensor.sense(Renderer.render(scene, camera, glare), glare, errors);
      fusion.add(view, camera.misplaced(errors, 0.004 * options.noise(), 0.002 * options.noise()));
    }
    return new Room(
        seed,
        furnished.type,
        scene,
        cameras,
        census(scene),
        fusion.toScan("room-" + seed, options.points(), dice.split()));
  }

  /// Panoramas of the room that [#generate] makes of the same seed, each from a clear spot near its
  /// middle, with the sensor's errors in colour and depth. Where the ceiling would be it is bright.
  ///
  /// @param count of panoramas
  /// @param height of the images in pixels; they are twice as wide
  public static List<View> panoramas(long seed, RoomOptions options, int count, int height) {
    Dice dice = new Dice(seed);
    Furnished furnished = furnish(dice, options);
    Dice places = new Dice(seed ^ PANORAMAS);
    DepthSensor sensor = new DepthSensor(options.noise());
    List<View> views = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Panorama from = place(furnished.plan, height, places.split());
      float[] glare = new float[from.width() * from.height()];
      View exact = Renderer.render(furnished.scene, from, glare);
      for (int pixel = 0; pixel < glare.length; pixel++) {
        if (exact.depth()[pixel] == 0) {
          Arrays.fill(exact.rgb(), 3 * pixel, 3 * pixel + 3, CEILING);
        }
      }
      views.add(sensor.photograph(exact, glare, places.split()));
    }
    return List.copyOf(views);
  }

  private static Panorama place(FloorPlan plan, int height, Dice dice) {
    double x = 0;
    double y = 0;
    double z = 0;
    int tries = 0;
    do {
      double reach = Math.min(0.4, 0.2 + 0.01 * tries);
      x = plan.width * dice.uniform(0.5 - reach, 0.5 + reach);
      y = plan.depth * dice.uniform(0.5 - reach, 0.5 + reach);
      z = dice.uniform(1.35, 1.7) + 0.01 * tries;
    } while (!plan.isClear(x, y, z) && ++tries < 40);
    return new Panorama(2 * height, height, x, y, z);
  }

  /// A room before it is scanned.
  private record Furnished(RoomType type, FloorPlan plan, Scene scene) {}

  private static Furnished furnish(Dice dice, RoomOptions options) {
    RoomType type = dice.pick(options.types());
    Dice layout = dice.split();
    Palette palette = new Palette(dice.split(), options.colourVariation());
    FloorPlan plan = plan(type, options, layout);
    type.builder.furnish(plan, palette, layout);
    Scene scene =
        new Scene(
            plan.primitives(),
            Lighting.of(layout, plan.width, plan.depth, plan.height),
            plan.width,
            plan.depth,
            plan.height);
    return new Furnished(type, plan, scene);
  }

  private static FloorPlan plan(RoomType type, RoomOptions options, Dice dice) {
    double size = dice.uniform(options.smallest(), options.largest());
    double shape = dice.uniform(options.smallest(), options.largest());
    double a = type.narrowest + size * (type.widest - type.narrowest);
    double b = type.shallowest + shape * (type.deepest - type.shallowest);
    double height = dice.uniform(2.35, 2.9);
    return dice.chance(0.5) ? new FloorPlan(a, b, height) : new FloorPlan(b, a, height);
  }

  /// Views all around the room: each looks across it from a clear spot on the far side. The image
  /// size makes a pixel at 2.5 m about as large as a voxel.
  private static List<Camera> cameras(FloorPlan plan, RoomOptions options, Dice dice) {
    int columns =
        (int)
            Math.ceil(
                5 * StrictMath.tan(StrictMath.toRadians(FIELD_OF_VIEW / 2)) / options.voxel());
    int rows = Math.ceilDiv(3 * columns, 4);
    double turn = dice.uniform(0, 2 * Math.PI);
    List<Camera> cameras = new ArrayList<>();
    for (int i = 0; i < options.views(); i++) {
      double[] eye = new double[3];
      double[] target = new double[3];
      int tries = 0;
      do {
        double angle = turn + (i + dice.uniform(-0.4, 0.4)) * 2 * Math.PI / options.views();
        double back = Math.max(0.3, dice.uniform(0.5, 0.92) - 0.02 * tries);
        double ahead = dice.uniform(-0.2, 0.8);
        double cx = StrictMath.cos(angle) / 2;
        double cy = StrictMath.sin(angle) / 2;
        eye[0] = plan.width * (0.5 - back * cx);
        eye[1] = plan.depth * (0.5 - back * cy);
        eye[2] = dice.uniform(1.2, 1.95) + 0.01 * tries;
        target[0] = plan.width * (0.5 + ahead * cx);
        target[1] = plan.depth * (0.5 + ahead * cy);
        target[2] = dice.uniform(0, i % 4 == 3 ? 1.6 : 0.8);
      } while (!plan.isClear(eye[0], eye[1], eye[2]) && ++tries < 40);
      cameras.add(Camera.lookAt(eye, target, columns, rows, FIELD_OF_VIEW));
    }
    return Collections.unmodifiableList(cameras);
  }

  private static Map<RoomClass, Integer> census(Scene scene) {
    Map<RoomClass, TreeSet<Integer>> instances = new EnumMap<>(RoomClass.class);
    for (Primitive primitive : scene.primitives()) {
      instances.computeIfAbsent(primitive.kind, _ -> new TreeSet<>()).add(primitive.instance);
    }
    Map<RoomClass, Integer> counts = new EnumMap<>(RoomClass.class);
    instances.forEach((kind, set) -> counts.put(kind, set.size()));
    return Collections.unmodifiableMap(counts);
  }
}
