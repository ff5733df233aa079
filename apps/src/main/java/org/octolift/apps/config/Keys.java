package org.octolift.apps.config;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// All configuration keys this program knows, with their defaults; `config/README.md` says what
/// each means.
///
/// The reference declares most keys with a default, whose type a new value must have. Others exist
/// only once a file adds them ([Kind#ADDED]): they may be absent, and a whole number may stand for
/// one with a fraction. Keys of ours ([Kind#OURS]) follow the first rule.
final class Keys {
  /// Who declares a key.
  enum Kind {
    /// The reference's defaults.
    DECLARED,
    /// The reference's files, without a default there.
    ADDED,
    /// This program alone.
    OURS
  }

  /// A key.
  ///
  /// @param name dotted, `SOLVER.lr`
  /// @param fallback the value where none is given; its type is the key's
  /// @param kind who declares it
  record Key(String name, Object fallback, Kind kind) {}

  private static final Map<String, Key> KNOWN = new LinkedHashMap<>();

  static {
    declare("SOLVER.alias", "");
    declare("SOLVER.gpu", List.of(0L));
    declare("SOLVER.run", "train");
    declare("SOLVER.logdir", "logs");
    declare("SOLVER.ckpt", "");
    declare("SOLVER.ckpt_num", 10L);
    declare("SOLVER.type", "sgd");
    declare("SOLVER.weight_decay", 0.0005);
    declare("SOLVER.max_epoch", 300L);
    declare("SOLVER.eval_epoch", 1L);
    declare("SOLVER.test_every_epoch", 10L);
    declare("SOLVER.lr_type", "step");
    declare("SOLVER.lr", 0.1);
    declare("SOLVER.gamma", 0.1);
    declare("SOLVER.step_size", List.of(120L, 60L));
    declare("SOLVER.lr_power", 0.9);
    declare("SOLVER.dist_url", "tcp://localhost:10001");
    declare("SOLVER.progress_bar", true);
    ours("SOLVER.device", "cpu");
    ours("SOLVER.precision", "fp32");
    ours("SOLVER.threads", 0L);
    ours("SOLVER.seed", 0L);
    ours("SOLVER.accumulate", 1L);
    ours("SOLVER.clip_norm", 0.0);

    for (String part : List.of("DATA.train.", "DATA.test.", "DATA.LR.")) {
      declare(part + "name", "");
      declare(part + "limit", false);
      declare(part + "depth", 5L);
      declare(part + "full_depth", 2L);
      declare(part + "node_dis", false);
      declare(part + "split_label", false);
      declare(part + "adaptive", false);
      declare(part + "node_feat", false);
      declare(part + "bsphere", "sphere");
      declare(part + "radius", -1.0);
      declare(part + "center", List.of(-1.0, -1.0, -1.0));
      declare(part + "offset", 0.016);
      declare(part + "normal_axis", "");
      declare(part + "disable", false);
      declare(part + "distort", false);
      declare(part + "scale", 0.0);
      declare(part + "uniform", false);
      declare(part + "jitter", 0.0);
      declare(part + "interval", List.of(1L, 1L, 1L));
      declare(part + "angle", List.of(180L, 180L, 180L));
      declare(part + "location", "");
      declare(part + "filelist", "");
      declare(part + "batch_size", 32L);
      declare(part + "num_workers", 8L);
      declare(part + "shuffle", false);
      declare(part + "in_memory", false);
      added(part + "points", 0L);
      ours(part + "points_file", "");
      added(part + "semi", false);
      added(part + "limited_reconst", "");
      added(part + "top_pct", 0.0);
      ours(part + "soft_labels", "");
      ours(part + "soft_store", true);
      ours(part + "soft_top_k", 0L);
    }

    declare("MODEL.name", "");
    declare("MODEL.depth", 5L);
    declare("MODEL.full_depth", 2L);
    declare("MODEL.depth_out", 5L);
    declare("MODEL.channel", 3L);
    declare("MODEL.factor", 1L);
    declare("MODEL.nout", 40L);
    declare("MODEL.resblock_num", 3L);
    declare("MODEL.bottleneck", 4L);
    declare("MODEL.dropout", List.of(0.0));
    declare("MODEL.upsample", "nearest");
    declare("MODEL.interp", "linear");
    declare("MODEL.nempty", false);
    declare("MODEL.sync_bn", false);
    declare("MODEL.use_checkpoint", false);
    added("MODEL.pretrain_file", "");
    added("MODEL.pseudo_file", "");
    ours("MODEL.teacher", "tools/DPT/weights/dpt_hybrid-ade20k-53898607.pt");
    ours("MODEL.encoder_channel", List.of(32L, 32L, 64L, 128L, 256L));
    ours("MODEL.encoder_blocks", List.of(2L, 3L, 4L, 6L));
    ours("MODEL.decoder_channel", List.of(256L, 256L, 128L, 96L, 96L));
    ours("MODEL.decoder_blocks", List.of(2L, 2L, 2L, 2L));
    ours("MODEL.head_channel", 64L);
    ours("MODEL.bn_momentum", 0.01);

    declare("LOSS.num_class", 40L);
    declare("LOSS.weights", List.of(1.0, 1.0));
    declare("LOSS.label_smoothing", 0.0);
    added("LOSS.mask", -1L);
    added("LOSS.point_wise", false);
    added("LOSS.weight_sum", 0.0);
    added("LOSS.alpha", 0.999);
    added("LOSS.consistency", 0.0);
    added("LOSS.consist_rampup", 0.0);
    added("LOSS.pseudo_rate", 0.0);

    declare("SYS.cmds", "");
  }

  private Keys() {}

  private static void declare(String name, Object fallback) {
    KNOWN.put(name, new Key(name, fallback, Kind.DECLARED));
  }

  private static void added(String name, Object fallback) {
    KNOWN.put(name, new Key(name, fallback, Kind.ADDED));
  }

  private static void ours(String name, Object fallback) {
    KNOWN.put(name, new Key(name, fallback, Kind.OURS));
  }

  static Collection<Key> all() {
    return KNOWN.values();
  }

  static Optional<Key> find(String name) {
    return Optional.ofNullable(KNOWN.get(name));
  }

  /// Whether known keys lie below {@code name}: `SOLVER`, `DATA.train`.
  static boolean isSection(String name) {
    return KNOWN.keySet().stream().anyMatch(key -> key.startsWith(name + "."));
  }

  /// Whether files may add keys of their own to the section that holds {@code name}.
  static boolean isOpen(String name) {
    String root = name.substring(0, Math.max(0, name.indexOf('.')));
    return List.of("DATA", "MODEL", "LOSS").contains(root);
  }

  /// The known key that {@code name} was probably meant to be: the fewest letters to change, at
  /// most a third of them.
  static Optional<String> nearest(String name) {
    String best = null;
    int least = name.length() / 3 + 1;
    for (String key : KNOWN.keySet()) {
      int distance = distance(name, key);
      if (distance < least) {
        least = distance;
        best = key;
      }
    }
    return Optional.ofNullable(best);
  }

  /// Levenshtein's distance, case ignored.
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        boolean same =
            Character.toLowerCase(a.charAt(i - 1)) == Character.toLowerCase(b.charAt(j - 1));
        int replaced = diagonal + (same ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
