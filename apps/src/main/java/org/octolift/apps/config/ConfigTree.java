package org.octolift.apps.config;

import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.octolift.engine.InputException;

/// The tree of settings with the merging rules of yacs, which the reference uses: a value must have
/// the type of the one it replaces (lists and tuples are one type here; a whole number is not a
/// number with a fraction; `None` may stand for anything), and only `DATA`, `MODEL` and `LOSS` take
/// keys that nobody declared. Remembers where each value was set, for messages.
///
/// Values are `Long`, `Double`, `Boolean`, `String`, `List` of these, or [PythonLiteral#NONE].
final class ConfigTree {
  private static final int MAX_NAME_LENGTH = 200;
  private static final String DEFAULT = "the default";
  private static final String COMMAND_LINE = "command line";
  private static final DateTimeFormatter ALIAS_TIME = DateTimeFormatter.ofPattern("MMddHHmm");

  private record Setting(Object value, String origin) {}

  private final Map<String, Setting> settings = new LinkedHashMap<>();
  private boolean frozen;

  /// The declared keys with their defaults.
  ConfigTree() {
    for (Keys.Key key : Keys.all()) {
      if (key.kind() != Keys.Kind.ADDED) {
        settings.put(key.name(), new Setting(key.fallback(), DEFAULT));
      }
    }
  }

  /// Sets what a command presets before any file is read.
  void preset(Map<String, ?> values) {
    values.forEach((name, value) -> merge("command", name, value, true));
  }

  /// Merges a YAML file.
  void mergeFile(Path file) {
    mergeSection(file.toString(), "", ConfigYaml.read(file));
  }

  /// Merges `KEY VALUE` pairs of a command line. Unlike a file they may set known keys only.
  void mergePairs(List<String> pairs) {
    for (int i = 0; i < pairs.size(); i += 2) {
      String name = pairs.get(i);
      if (i + 1 == pairs.size()) {
        throw new InputException(
            "command line: key %s has no value; settings are KEY VALUE pairs".formatted(name));
      }
      merge(COMMAND_LINE, name, PythonLiteral.decode(pairs.get(i + 1)), false);
    }
  }

  /// Appends `SOLVER.alias`, in lower case and with the word `time` replaced by the time, to
  /// `SOLVER.logdir`.
  void applyAlias(LocalDateTime now) {
    String alias = text("SOLVER.alias").toLowerCase(Locale.ROOT);
    if (!alias.isEmpty()) {
      String suffix = "_" + alias.replace("time", ALIAS_TIME.format(now));
      put("SOLVER.logdir", text("SOLVER.logdir") + suffix, origin("SOLVER.logdir"));
    }
  }

  /// Sets `SYS.cmds` and allows no change from here on.
  void freeze(String commandLine) {
    put("SYS.cmds", commandLine, COMMAND_LINE);
    frozen = true;
  }

  /// Keys that files added and nobody here reads; each with the known key it resembles, if any.
  List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    settings.forEach(
        (name, setting) -> {
          if (Keys.find(name).isEmpty()) {
            warnings.add(
                "%s: %s is no key this program reads%s"
                    .formatted(setting.origin(), name, suggestion(name)));
          }
        });
    return warnings;
  }

  /// Where {@code name} was set: a file, the command line, a default.
  String origin(String name) {
    Setting setting = settings.get(name);
    return setting == null ? DEFAULT : setting.origin();
  }

  /// All settings as nested maps, for YAML.
  Map<String, Object> nested() {
    Map<String, Object> root = new LinkedHashMap<>();
    settings.forEach(
        (name, setting) -> {
          Map<String, Object> section = root;
          String[] path = name.split("\\.");
          for (int i = 0; i < path.length - 1; i++) {
            section = child(section, path[i]);
          }
          section.put(path[path.length - 1], setting.value());
        });
    return root;
  }

  @SuppressWarnings("unchecked") // Only maps made here lie at the names of sections.
  private static Map<String, Object> child(Map<String, Object> section, String name) {
    return (Map<String, Object>) section.computeIfAbsent(name, n -> new LinkedHashMap<>());
  }

  boolean flag(String name) {
    return get(name, "True or False", value -> value instanceof Boolean b ? b : null);
  }

  int whole(String name) {
    return get(name, "a whole number of 32 bits", ConfigTree::asInt);
  }

  long wholeLong(String name) {
    return get(name, "a whole number", value -> value instanceof Long n ? n : null);
  }

  double number(String name) {
    return get(name, "a finite number", ConfigTree::asFinite);
  }

  /// Text; `None` counts as empty.
  String text(String name) {
    return get(
        name,
        "text",
        value -> value instanceof String s ? s : value.equals(PythonLiteral.NONE) ? "" : null);
  }

  List<Integer> wholes(String name) {
    return get(name, "whole numbers such as (0, 0, 180)", value -> all(value, ConfigTree::asInt));
  }

  List<Double> numbers(String name) {
    return get(
        name, "finite numbers such as (0.0, 0.5)", value -> all(value, ConfigTree::asFinite));
  }

  private static Integer asInt(Object value) {
    return value instanceof Long n && n == n.intValue() ? n.intValue() : null;
  }

  private static Double asFinite(Object value) {
    return value instanceof Number n && Double.isFinite(n.doubleValue()) ? n.doubleValue() : null;
  }

  private static <T> List<T> all(Object value, Function<Object, T> convert) {
    if (!(value instanceof List<?> list)) {
      return null;
    }
    List<T> converted = list.stream().map(convert).filter(Objects::nonNull).toList();
    return converted.size() == list.size() ? converted : null;
  }

  private <T> T get(String name, String expected, Function<Object, T> convert) {
    Setting setting = settings.get(name);
    Object value = setting == null ? Keys.find(name).orElseThrow().fallback() : setting.value();
    T converted = convert.apply(value);
    if (converted == null) {
      throw new InputException(
          "%s: %s: expected %s, got %s"
              .formatted(origin(name), name, expected, PythonLiteral.show(value)));
    }
    return converted;
  }

  private void mergeSection(String origin, String prefix, Map<?, ?> section) {
    section.forEach(
        (key, value) -> {
          if (!(key instanceof String part) || part.isEmpty() || part.indexOf('.') >= 0) {
            throw new InputException(
                "%s: %s%s: expected the name of a key, without points"
                    .formatted(origin, prefix, key));
          }
          String name = prefix + part;
          if (name.length() > MAX_NAME_LENGTH) {
            throw new InputException(
                "%s: %s...: sections nested too deeply".formatted(origin, name.substring(0, 40)));
          }
          if (!(value instanceof Map<?, ?> inner)) {
            merge(origin, name, ConfigYaml.value(origin, name, value), true);
          } else if (settings.containsKey(name) || Keys.find(name).isPresent()) {
            throw new InputException(
                "%s: %s: expected a value%s, got a section"
                    .formatted(origin, name, settings.containsKey(name) ? like(name) : ""));
          } else if (Keys.isSection(name) || Keys.isOpen(name)) {
            mergeSection(origin, name + ".", inner);
          } else {
            throw unknown(origin, name);
          }
        });
  }

  private void merge(String origin, String name, Object value, boolean mayAdd) {
    if (Keys.isSection(name)
        || settings.keySet().stream().anyMatch(key -> key.startsWith(name + "."))) {
      throw new InputException(
          "%s: %s is a section of keys, got %s; set the keys below it"
              .formatted(origin, name, PythonLiteral.show(value)));
    }
    Setting old = settings.get(name);
    Keys.Key key = Keys.find(name).orElse(null);
    if (old == null && key == null && !(mayAdd && Keys.isOpen(name))) {
      throw unknown(origin, name);
    }
    boolean added = key != null && key.kind() == Keys.Kind.ADDED;
    Object like = added ? key.fallback() : old == null ? value : old.value();
    put(name, checked(origin, name, value, like, added), origin);
  }

  private static Object checked(
      String origin, String name, Object value, Object like, boolean wholeFits) {
    if (type(value).equals(type(like))
        || value.equals(PythonLiteral.NONE)
        || like.equals(PythonLiteral.NONE)
        || (wholeFits && value instanceof Long && like instanceof Double)) {
      return value;
    }
    String remedy =
        switch (like) {
          case Double d when value instanceof Long -> "write " + value + ".0";
          case String s -> "put it in quotes inside quotes: \"'...'\"";
          case List<?> list -> "write (" + PythonLiteral.show(value) + ",)";
          default -> "write " + PythonLiteral.show(like) + ", say";
        };
    throw new InputException(
        "%s: %s: expected %s, as %s, got %s %s; %s"
            .formatted(
                origin,
                name,
                type(like),
                PythonLiteral.show(like),
                type(value),
                PythonLiteral.show(value),
                remedy));
  }

  private String like(String name) {
    return " such as " + PythonLiteral.show(settings.get(name).value());
  }

  private static String type(Object value) {
    return switch (value) {
      case Long n -> "a whole number (int)";
      case Double d -> "a number with a fraction (float)";
      case Boolean b -> "True or False (bool)";
      case String s -> "text (str)";
      case List<?> list -> "a list (tuple)";
      default -> "None";
    };
  }

  private static InputException unknown(String origin, String name) {
    return new InputException(
        "%s: unknown key %s%s; config/README.md lists all keys"
            .formatted(origin, name, suggestion(name)));
  }

  private static String suggestion(String name) {
    return Keys.nearest(name).map(near -> " (did you mean " + near + "?)").orElse("");
  }

  private void put(String name, Object value, String origin) {
    if (frozen) {
      throw new IllegalStateException("the configuration is frozen: " + name);
    }
    settings.put(name, new Setting(value, origin));
  }
}
