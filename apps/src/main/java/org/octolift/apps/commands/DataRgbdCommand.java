package org.octolift.apps.commands;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.octolift.apps.data.Scan;
import org.octolift.apps.data.ScanEncoding;
import org.octolift.apps.data.ScanFiles;
import org.octolift.apps.data.rgbd.DepthEncoding;
import org.octolift.apps.data.rgbd.PinholeCamera;
import org.octolift.apps.data.rgbd.Pose;
import org.octolift.apps.data.rgbd.PoseFile;
import org.octolift.apps.data.rgbd.RgbdClouds;
import org.octolift.apps.data.rgbd.RgbdFrame;
import org.octolift.apps.data.rgbd.RgbdFrames;
import org.octolift.engine.InputException;
import org.octolift.engine.cpu.Workers;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `octolift data rgbd`: RGB-D frames in, point clouds with normals and pixel indices out.
@Command(
    name = "rgbd",
    customSynopsis = {
      "octolift data rgbd --color PATH... --depth PATH... --intrinsics CAMERA",
      "                   [OPTION]..."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Makes point clouds from colour and depth images: one PLY a frame, or one in all (--fuse).",
      "",
      "Every pixel with depth becomes a point with colour, normal and pixel index. The depth images"
          + " must be registered to the colour images: same size, same view."
    },
    footer = {
      "",
      "Examples:",
      "  octolift data rgbd --color rgb --depth depth \\",
      "      --intrinsics 525,525,319.5,239.5 --out scans",
      "  octolift data rgbd --color 'rgb/*.png' --depth 'depth/*.png' \\",
      "      --intrinsics camera.json --poses trajectory.log --fuse --out room.ply",
      "  octolift data rgbd --color color --depth depth --intrinsics scene0000_00.txt \\",
      "      --color-intrinsics scene0000_00.txt --poses pose --frames 0-/20 --fuse --out room.ply"
    })
public final class DataRgbdCommand implements Callable<Integer> {
  private static final int MAX_THREADS = 256;

  @Spec private CommandSpec spec;

  @Option(
      names = {"--color", "--colour"},
      required = true,
      arity = "1..*",
      paramLabel = "PATH",
      description =
          "Colour images (PNG, JPEG, PPM): files, folders or patterns such as 'rgb/*.png'.")
  private List<String> colours;

  @Option(
      names = "--depth",
      required = true,
      arity = "1..*",
      paramLabel = "PATH",
      description = {
        "Depth images (8- or 16-bit PNG or PGM), given likewise.",
        "Paired with the colour images by file name without extension, else by sorted order."
      })
  private List<String> depths;

  @Option(
      names = "--intrinsics",
      required = true,
      paramLabel = "CAMERA",
      description = {
        "fx,fy,cx,cy of the depth camera, or a file with these, with a 3x3 or 4x4 matrix, Open3D's"
            + " JSON, or ScanNet's SCENE.txt."
      })
  private String intrinsics;

  @Option(
      names = {"--color-intrinsics", "--colour-intrinsics"},
      paramLabel = "CAMERA",
      description = {
        "The colour camera likewise, when colour images are of another size or view angle than the"
            + " depth images but taken from the same place. Pixel indices are then those of the"
            + " colour image."
      })
  private String colourIntrinsics;

  @Option(
      names = "--depth-scale",
      defaultValue = "1000",
      paramLabel = "N",
      description = {
        "Depth units in a metre (default: ${DEFAULT-VALUE}, millimetres).",
        "TUM RGB-D has 5000."
      })
  private double depthScale;

  @Option(
      names = "--depth-encoding",
      defaultValue = "linear",
      paramLabel = "NAME",
      description = {
        "linear, sun (SUN RGB-D, rotated bits) or nyu (NYU raw Kinect disparity)",
        "(default: ${DEFAULT-VALUE})."
      })
  private DepthEncoding depthEncoding;

  @Option(
      names = "--poses",
      paramLabel = "PATH",
      description = {
        "Camera-to-world poses, one a frame: lines \"x y z qx qy qz qw\", TUM's with a time in"
            + " front, 4x4 matrices, or Open3D's trajectory.log. Or a folder with a 4x4 matrix in"
            + " NAME.txt for each frame (ScanNet); frames without a finite one are left out.",
        "Without it clouds are in the camera's frame: x right, y down, z forward."
      })
  private Path poses;

  @Option(
      names = "--frames",
      paramLabel = "LIST",
      description = {
        "Only these frames, numbered from 0 in sorted order: numbers and ranges, with a step after"
            + " a slash: 5,10-20,30-/10 (default: all)."
      })
  private String chosen;

  @Option(
      names = "--edge-filter",
      description = "Drop pixels on depth jumps, where sensors interpolate.")
  private boolean edgeFilter;

  @Option(
      names = "--orient",
      description = "Turn normals towards the camera (default: the largest component is positive).")
  private boolean orient;

  @Option(names = "--fuse", description = "Merge all frames into one cloud on a voxel grid.")
  private boolean fuse;

  @Option(
      names = "--voxel",
      defaultValue = "0.02",
      paramLabel = "METRES",
      description = "Edge of a voxel for --fuse (default: ${DEFAULT-VALUE}).")
  private double voxel;

  @Option(
      names = "--out",
      defaultValue = ".",
      paramLabel = "PATH",
      description = {
        "A folder for NAME.ply of every frame, or a file (.ply, .pcd, .points, .npz) for a single"
            + " frame or --fuse (default: the current folder)."
      })
  private Path out;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads (default: one a processor). The result does not depend on it.")
  private Integer threads;

  /// Makes the clouds and says what was written.
  @Override
  public Integer call() {
    if (!(voxel > 0 && voxel < Double.POSITIVE_INFINITY)) {
      throw new InputException("--voxel must be positive, is " + voxel);
    }
    int count = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    if (threads != null && (threads < 1 || threads > MAX_THREADS)) {
      throw new InputException("--threads must be 1..%d, is %d".formatted(MAX_THREADS, threads));
    }
    RgbdClouds.Options options =
        new RgbdClouds.Options(
            PinholeCamera.parse(intrinsics, PinholeCamera.Sensor.DEPTH),
            colourIntrinsics == null
                ? null
                : PinholeCamera.parse(colourIntrinsics, PinholeCamera.Sensor.COLOUR),
            depthEncoding,
            depthScale,
            edgeFilter,
            orient);
    if (fuse && poses == null) {
      throw new InputException("--fuse needs --poses: where the camera stood in each frame");
    }
    List<RgbdFrame> frames = frames();
    try (Workers workers = new Workers(Math.clamp(count, 1, MAX_THREADS))) {
      write(new RgbdClouds(options, workers), frames);
    }
    return 0;
  }

  private List<RgbdFrame> frames() {
    boolean single = poses != null && Files.isRegularFile(poses);
    List<Pose> inOneFile = single ? PoseFile.read(poses) : List.of();
    List<RgbdFrame> frames = RgbdFrames.find(colours, depths, inOneFile);
    if (chosen != null) {
      frames = RgbdFrames.chosen(frames, chosen);
    }
    return poses == null || single ? frames : RgbdFrames.located(frames, poses.toString());
  }

  private void write(RgbdClouds clouds, List<RgbdFrame> frames) {
    boolean folder = Files.isDirectory(out) || !hasExtension(out);
    if (!folder) {
      ScanFiles.requireWritable(out, ScanEncoding.BINARY);
      if (!fuse && frames.size() > 1) {
        throw new InputException(
            "--out %s is one file, but there are %d frames; name a folder or add --fuse"
                .formatted(out, frames.size()));
      }
    }
    if (fuse) {
      write(folder ? out.resolve("fused.ply") : out, clouds.fuse(frames, voxel));
      return;
    }
    for (RgbdFrame frame : frames) {
      write(folder ? out.resolve(frame.name() + ".ply") : out, clouds.cloud(frame));
    }
  }

  private static boolean hasExtension(Path path) {
    return path.getFileName() != null && path.getFileName().toString().lastIndexOf('.') > 0;
  }

  private void write(Path file, Scan scan) {
    ScanFiles.write(file, scan);
    PrintWriter print = spec.commandLine().getOut();
    print.printf("%s: %s%n", file, scan.summary());
    print.flush();
  }
}
