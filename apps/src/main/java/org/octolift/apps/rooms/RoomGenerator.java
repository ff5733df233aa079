package org.octolift.apps.rooms;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// Makes furnished rooms and scans of them. Stateless: rooms may be made on any number of threads.
public final class RoomGenerator {
  private static final double FIELD_OF_VIEW = 75;

  private RoomGenerator() {}

  /// The room of a seed. Its type is drawn from {@code options.types()} by the seed as well.
  public static Room generate(long seed, RoomOptions options) {
    Dice dice = new Dice(seed);
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
    List<Camera> cameras = cameras(plan, options, dice.split());
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
        type,
        scene,
        cameras,
        census(scene),
        fusion.toScan("room-" + seed, options.points(), dice.split()));
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
