package org.octolift.apps.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.octolift.engine.InputException;
import org.octolift.engine.io.AtomicFile;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;

/// Reads configuration files, with bounds on what they may hold, and writes them for PyYAML.
final class ConfigYaml {
  private static final int MAX_BYTES = 1 << 20;
  private static final int MAX_DEPTH = 10;
  private static final int MAX_ALIASES = 8;

  private ConfigYaml() {}

  /// The top level of a file, not yet decoded.
  static Map<?, ?> read(Path file) {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_BYTES + 1);
    } catch (IOException e) {
      throw new InputException(
          file + ": cannot read the configuration; --config expects a YAML file", e);
    }
    if (bytes.length > MAX_BYTES) {
      throw InputException.in(file, "is larger than 1 MiB: no configuration file");
    }
    LoaderOptions options = new LoaderOptions();
    options.setMaxAliasesForCollections(MAX_ALIASES);
    options.setNestingDepthLimit(MAX_DEPTH);
    options.setCodePointLimit(MAX_BYTES);
    options.setAllowDuplicateKeys(false);
    Object content;
    try {
      content =
          new Yaml(new SafeConstructor(options)).load(new String(bytes, StandardCharsets.UTF_8));
    } catch (MarkedYAMLException e) {
      String place =
          e.getProblemMark() == null ? "" : " in line " + (e.getProblemMark().getLine() + 1);
      throw new InputException("%s: no valid YAML%s: %s".formatted(file, place, e.getProblem()), e);
    } catch (YAMLException e) {
      throw new InputException("%s: no valid YAML: %s".formatted(file, e.getMessage()), e);
    }
    if (!(content instanceof Map<?, ?> map)) {
      throw InputException.in(
          file, "expected sections such as SOLVER: and DATA:, found none; is it a configuration?");
    }
    return map;
  }

  /// A scalar or a sequence of a file as a setting. Text is decoded as a Python literal, except
  /// inside a sequence, as in yacs.
  static Object value(String origin, String name, Object yaml) {
    return yaml instanceof String s ? PythonLiteral.decode(s) : element(origin, name, yaml, 0);
  }

  private static Object element(String origin, String name, Object yaml, int depth) {
    return switch (yaml) {
      case null -> PythonLiteral.NONE;
      case String s -> s;
      case Boolean b -> b;
      case Double d -> d;
      case Integer n -> n.longValue();
      case Long n -> n;
      case List<?> list when depth < MAX_DEPTH ->
          list.stream().map(inner -> element(origin, name, inner, depth + 1)).toList();
      default ->
          throw new InputException(
              "%s: %s: expected a number, text, True, False or a list of these, got %s (%s)"
                  .formatted(
                      origin, name, PythonLiteral.show(yaml), yaml.getClass().getSimpleName()));
    };
  }

  /// Writes {@code tree} as YAML that PyYAML and yacs, and this class, read back to the same
  /// settings: sections sorted, one value a line.
  static void write(Path file, ConfigTree tree) throws IOException {
    DumperOptions options = new DumperOptions();
    options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
    options.setWidth(10_000);
    options.setAllowUnicode(true);
    Yaml yaml =
        new Yaml(new SafeConstructor(new LoaderOptions()), new PythonRepresenter(options), options);
    String text = yaml.dump(readable(tree.nested()));
    AtomicFile.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  /// Sorted, `None` as null, and text that would be taken for a literal written as one.
  private static Object readable(Object value) {
    if (value instanceof Map<?, ?> map) {
      Map<String, Object> sorted = new TreeMap<>();
      map.forEach((key, inner) -> sorted.put((String) key, readable(inner)));
      return sorted;
    }
    return value instanceof String s && !PythonLiteral.decode(s).equals(s)
        ? PythonLiteral.write(s)
        : value;
  }

  private static final class PythonRepresenter extends Representer {
    PythonRepresenter(DumperOptions options) {
      super(options);
      representers.put(Double.class, this::representDouble);
      representers.put(PythonLiteral.NONE.getClass(), none -> representScalar(Tag.NULL, "null"));
    }

    private Node representDouble(Object value) {
      return representScalar(Tag.FLOAT, PythonLiteral.writeDouble((Double) value));
    }
  }
}
