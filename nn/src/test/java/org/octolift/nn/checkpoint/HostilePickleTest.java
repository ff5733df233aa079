package org.octolift.nn.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.octolift.engine.InputException;
import org.octolift.engine.io.NdArray;

/// Pickles written by hand to do harm, each letter a byte, in archives that are otherwise those of
/// torch.save. Each must be refused with the file, the byte and the name of what is wrong.
final class HostilePickleTest {
  private static final String START = "\u0080\u0002";
  private static final String STORAGE =
      "(X\7\0\0\0storagectorch\nFloatStorage\nX\1\0\0\0" + "0X\3\0\0\0cpu";
  private static final String REBUILD = "ctorch._utils\n_rebuild_tensor_v2\n";
  private static final String HOOKS = "\u0089ccollections\nOrderedDict\n)R";
  private static final String BIG = "\u00ff\u00ff\u00ff\u007f";
  private static final String DOUBLED = "]q\0" + "h\0\u0086q\0".repeat(40) + ".";
  private static final String LONG_TEXT = "X\0\0\1\0" + "a".repeat(65536) + "q\0";

  @TempDir private Path folder;

  /// Functions and classes that run code, fetch it, or build objects that do.
  static Stream<Arguments> code() {
    return Stream.of(
        Arguments.of("cposix\nsystem\nX\4\0\0\0echo\u0085R.", "byte 2: posix.system is not among"),
        Arguments.of("cos\nsystem\n.", "byte 2: os.system is not among"),
        Arguments.of("c__builtin__\neval\nX\1\0\0\0" + "1\u0085R.", "__builtin__.eval"),
        Arguments.of("cbuiltins\nexec\n)R.", "builtins.exec"),
        Arguments.of("cbuiltins\ngetattr\n.", "builtins.getattr"),
        Arguments.of("ctorch\nload\n.", "torch.load"),
        Arguments.of("ctorch.serialization\nload\n.", "torch.serialization.load"),
        Arguments.of("X\2\0\0\0osX\6\0\0\0system\u0093.", "byte 20: os.system"),
        Arguments.of("K\1K\2\u0093.", "the names of a module and a class"));
  }

  /// Opcodes that build instances, extensions or text by other rules.
  static Stream<Arguments> opcodes() {
    return Stream.of(
        Arguments.of("(X\1\0\0\0aios\nsystem\n.", "opcode 0x69 'i'"),
        Arguments.of("(cos\nsystem\no.", "os.system"),
        Arguments.of(")\u0081.", "opcode 0x81"),
        Arguments.of("\u0082\1.", "opcode 0x82"),
        Arguments.of("\u0097.", "opcode 0x97"),
        Arguments.of("\u00ff.", "opcode 0xff"),
        Arguments.of("P0\n.", "opcode 0x50 'P'"),
        Arguments.of("S'a'\n.", "opcode 0x53 'S'"),
        Arguments.of("I1\n.", "opcode 0x49 'I'"),
        Arguments.of("0.", "opcode 0x30 '0'"));
  }

  /// Names that are no names.
  static Stream<Arguments> names() {
    return Stream.of(
        Arguments.of("c" + "a".repeat(200) + "\nb\n.", "the name of a class in at most 128"),
        Arguments.of("c\u00e9\nb\n.", "the name of a class in at most 128"),
        Arguments.of(
            "ccollections\nOrderedDict.__init__.__globals__\n.",
            "OrderedDict.__init__.__globals__ is not"),
        Arguments.of(
            "ccollections.OrderedDict\nupdate\n.", "collections.OrderedDict.update is not"),
        Arguments.of("c\n\n.", ". is not among the classes"),
        Arguments.of("cCollections\nOrderedDict\n.", "Collections.OrderedDict is not"),
        Arguments.of("X\u0008\0\0\0bu\u00d1\u0096ltinX\4\0\0\0eval\u0093.", "eval is not among"));
  }

  /// Stacks and lengths that do not fit.
  static Stream<Arguments> structure() {
    return Stream.of(
        Arguments.of(".", "expected a value on the stack"),
        Arguments.of("K\1K\2.", "STOP with values left"),
        Arguments.of("K\1(.", "expected a value on the stack"),
        Arguments.of("", "the data end in the middle"),
        Arguments.of("X" + BIG + "a.", "expected 2147483647 more bytes, found 2"),
        Arguments.of("B\u00ff\u00ff\u00ff\u00ffa.", "expected 4294967295 more bytes"),
        Arguments.of("\u008e\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff.", "more bytes"),
        Arguments.of("\u0095\0\0\0\0\1\0\0\0.", "expected 4294967296 more bytes"),
        Arguments.of("\u008a\u00ff.", "an integer of at most 16 bytes"),
        Arguments.of("X\1\0\0\0\u00ff.", "a string in UTF-8"));
  }

  /// Memory and containers used for what they are not.
  static Stream<Arguments> memo() {
    return Stream.of(
        Arguments.of("h\5.", "nothing was remembered as number 5"),
        Arguments.of("t.", "expected a mark"),
        Arguments.of("(K\1u.", "expected a value on the stack"),
        Arguments.of("}(K\1u.", "keys and values in pairs"),
        Arguments.of("}]K\1s.", "integer or bool as key, found a list"),
        Arguments.of("}K\1K\1sK\1K\2s.", "the key 1 occurs twice"),
        Arguments.of("NK\1a.", "expected a list to append to, found None"),
        Arguments.of(")K\1a.", "expected a list to append to, found a tuple"));
  }

  /// Calls of what must not be called, states of what has none.
  static Stream<Arguments> calls() {
    return Stream.of(
        Arguments.of("K\1)R.", "expected a class to call"),
        Arguments.of("ccollections\nOrderedDict\n]R.", "expected a tuple of arguments"),
        Arguments.of("ccollections\nOrderedDict\nK\1\u0085R.", "called with other arguments"),
        Arguments.of("ccollections\nOrderedDict\n)R}X\1\0\0\0aK\1sb.", "sets the state"),
        Arguments.of("ccollections\nOrderedDict\n.", "the class collections.OrderedDict"),
        Arguments.of("ctorch\nFloatStorage\n)R.", "called with other arguments"),
        Arguments.of("}X\11\0\0\0__class__K\1sb.".replace("}X", "}}X"), "sets the state of a dict"),
        Arguments.of("]}b.", "sets the state of a list"),
        Arguments.of(
            "Nccollections\nCounter\nK\1\u0085R.", "collections.Counter is called with other"),
        Arguments.of("ctorch\nSize\nK\1\u0085R.", "torch.Size is called with other"),
        Arguments.of(
            "ctorch._utils\n_rebuild_parameter\n(K\1\u0089ccollections\nOrderedDict\n)RtR.",
            "_rebuild_parameter is called with other"));
  }

  /// Small files that would fill the memory or never end.
  static Stream<Arguments> bombs() {
    return Stream.of(
        Arguments.of("]q\0h\0a.", "a value contains itself"),
        Arguments.of("}q\0K\1h\0s.", "a value contains itself"),
        Arguments.of(DOUBLED, "more than 50000000 values"),
        Arguments.of("]".repeat(100) + "a".repeat(99) + ".", "nested deeper than 64"),
        Arguments.of(
            LONG_TEXT + "](" + "c_codecs\nencode\nh\0X\6\0\0\0latin1\u0086R".repeat(60) + "e.",
            "more than 16 times"));
  }

  /// Bytes in disguise.
  static Stream<Arguments> encodings() {
    return Stream.of(
        Arguments.of("c_codecs\nencode\nX\1\0\0\0aX\5\0\0\0utf-8\u0086R.", "other arguments"),
        Arguments.of("c_codecs\nencode\nX\1\0\0\0a]q\0h\0a\u0086R.", "other arguments"),
        Arguments.of("c_codecs\nencode\nX\1\0\0\0aN\u0086R.", "other arguments"));
  }

  /// Storages that do not exist, lie elsewhere or have another size.
  static Stream<Arguments> references() {
    return Stream.of(
        Arguments.of("K\1Q.", "a reference to a storage"),
        Arguments.of(STORAGE + "K\2tQ.", "found Storage"),
        Arguments.of(STORAGE + "J" + BIG + "tQ.", "2^31 bytes, found 2147483647 elements"),
        Arguments.of(STORAGE + "\u008a\u0008\1\0\0\0\0\0\0@tQ.", "a size of 0 to 2^31 bytes"),
        Arguments.of(STORAGE + "J\u00ff\u00ff\u00ff\u00fftQ.", "found -1 elements"),
        Arguments.of(STORAGE + "K\3tQ.", "expected 12 bytes in a/data/0, found 8"),
        Arguments.of(
            STORAGE.replace("\1\0\0\0" + "0", "\4\0\0\0../x") + "K\2tQ.", "no entry a/data/../x"),
        Arguments.of("X\7\0\0\0storageQ.", "a reference to a storage"),
        Arguments.of(STORAGE.replace("storage", "module!") + "K\2tQ.", "a reference to a storage"),
        Arguments.of(
            STORAGE.replace("FloatStorage", "Size") + "K\2tQ.", "a reference to a storage"),
        Arguments.of(STORAGE + "K\2K\1tQ.", "a reference to a storage"),
        Arguments.of(STORAGE + "K\2tQ0", "opcode 0x30"),
        Arguments.of(
            STORAGE + "K\2tQ" + STORAGE.replace("Float", "Int") + "K\2tQ.",
            "storage 0: expected Reference"));
  }

  /// Views that leave their storage.
  static Stream<Arguments> tensors() {
    return Stream.of(
        Arguments.of(tensor("K\0", "K\3\u0085", "K\1\u0085"), "leaves its storage of 2 elements"),
        Arguments.of(tensor("K\2", "K\1\u0085", "K\1\u0085"), "leaves its storage"),
        Arguments.of(
            tensor(
                "\u008a\u0008\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007f",
                "K\1\u0085",
                "K\1\u0085"),
            "leaves its storage"),
        Arguments.of(tensor("K\0", "K\2\u0085", "J\u00ff\u00ff\u00ff\u00ff\u0085"), "out of range"),
        Arguments.of(tensor("K\0", "J" + BIG + "\u0085", "K\0\u0085"), "more than 16 times"),
        Arguments.of(tensor("K\0", "J\u00ff\u00ff\u00ff\u00ff\u0085", "K\0\u0085"), "sizes of 0"),
        Arguments.of(
            tensor("K\0", "(" + "K\1".repeat(65) + "t", "(" + "K\1".repeat(65) + "t"), "64 dim"),
        Arguments.of(tensor("K\0", "K\2\u0085", ")"), "other arguments"),
        Arguments.of(tensor("K\0", "]q\0h\0a\u0085", "K\1\u0085"), "found a list"));
  }

  /// NumPy arrays that are not what they say.
  static Stream<Arguments> arrays() {
    return Stream.of(
        Arguments.of("cnumpy\ndtype\nX\2\0\0\0O8\u0089\u0088\u0087R.", "number or bool type"),
        Arguments.of(
            array("X\2\0\0\0i8", "K\2\u0085", "C\u0008\0\0\0\0\0\0\0\0"), "expected 16 bytes"),
        Arguments.of(array("X\2\0\0\0i8", "J" + BIG + "\u0085", "C\0"), "of array data, found 0"),
        Arguments.of(array("X\2\0\0\0i8", "K\1\u0085", "]"), "the state of a NumPy array"),
        Arguments.of("cnumpy.core.multiarray\n_reconstruct\n)R.", "other arguments"),
        Arguments.of(
            "cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\nK\0\u0085C\1btR.",
            "found Unfinished"));
  }

  private static String tensor(String offset, String size, String stride) {
    return REBUILD + "(" + STORAGE + "K\2tQ" + offset + size + stride + HOOKS + "tR.";
  }

  private static String array(String type, String shape, String data) {
    return "cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\nK\0\u0085C\1btR(K\1"
        + shape
        + "cnumpy\ndtype\n"
        + type
        + "\u0089\u0088\u0087R\u0089"
        + data
        + "tb.";
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("code")
  void functionsThatRunCodeAreRefused(String pickle, String message) throws IOException {
    refuses(pickle, message);
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("opcodes")
  void otherOpcodesAreRefused(String pickle, String message) throws IOException {
    refuses(pickle, message);
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("names")
  void namesThatAreNoneAreRefused(String pickle, String message) throws IOException {
    refuses(pickle, message);
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("structure")
  void brokenStructuresAreRefused(String pickle, String message) throws IOException {
    refuses(pickle, message);
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("memo")
  void misusedContainersAreRefused(String pickle, String message) throws IOException {
    refuses(pickle, message);
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("calls")
  void forbiddenCallsAreRefused(String pickle, String message) throws IOException {
    refuses(pickle, message);
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("bombs")
  void bombsAreRefused(String pickle, String message) throws IOException {
    refuses(pickle, message);
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("encodings")
  void disguisedBytesAreRefused(String pickle, String message) throws IOException {
    refuses(pickle, message);
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("references")
  void wrongReferencesAreRefused(String pickle, String message) throws IOException {
    refuses(pickle, message);
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("tensors")
  void viewsOutsideTheirStorageAreRefused(String pickle, String message) throws IOException {
    refuses(pickle, message);
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("arrays")
  void wrongArraysAreRefused(String pickle, String message) throws IOException {
    refuses(pickle, message);
  }

  /// By GLOBAL and by STACK_GLOBAL, called and merely named.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "os.system",
        "nt.system",
        "builtins.eval",
        "builtins.__import__",
        "builtins.compile",
        "__builtin__.getattr",
        "subprocess.Popen",
        "subprocess.check_output",
        "runpy._run_code",
        "importlib.import_module",
        "operator.attrgetter",
        "functools.partial",
        "pickle.loads",
        "marshal.loads",
        "types.CodeType",
        "ctypes.CDLL",
        "socket.create_connection",
        "shutil.rmtree",
        "webbrowser.open",
        "pip.main",
        "torch.hub.load",
        "torch.hub._load_local",
        "torch.jit.load",
        "torch.ops.load_library",
        "torch.utils.cpp_extension.load",
        "torch.nn.modules.linear.Linear",
        "torch._utils._rebuild_sparse_tensor",
        "torch.storage._load_from_bytes",
        "numpy.load",
        "numpy.testing._private.utils.runstring",
        "collections.defaultdict",
        "java.lang.Runtime",
        "org.octolift.engine.io.NdArray"
      })
  void whatIsNotListedIsRefusedByName(String name) throws IOException {
    int dot = name.lastIndexOf('.');
    String module = name.substring(0, dot);
    String function = name.substring(dot + 1);
    String global = "c" + module + "\n" + function + "\n";
    String stacked = text(module) + text(function) + "\u0093";
    String argument = text("echo") + "\u0085R.";
    for (String pickle :
        List.of(global + argument, global + ".", stacked + argument, "]" + global + "a.")) {
      refuses(pickle, name + " is not among the classes");
    }
  }

  private static String text(String text) {
    return "X" + (char) text.length() + "\0\0\0" + text;
  }

  @Test
  void thereAreMoreThanFifty() {
    List<String> pickles =
        Stream.of(
                code(),
                opcodes(),
                names(),
                structure(),
                memo(),
                calls(),
                bombs(),
                encodings(),
                references(),
                tensors(),
                arrays())
            .flatMap(cases -> cases)
            .map(arguments -> (String) arguments.get()[0])
            .distinct()
            .toList();
    assertThat(pickles).hasSizeGreaterThan(80);
  }

  private void refuses(String pickle, String message) throws IOException {
    Path file = Archives.write(folder, START + pickle);

    assertThatThrownBy(() -> TorchFile.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(file + ": a/data.pkl")
        .hasMessageContaining(message);
  }

  @Test
  void theWellFormedTwinsAreRead() throws IOException {
    NdArray tensor =
        (NdArray)
            TorchFile.read(Archives.write(folder, START + tensor("K\1", "K\1\u0085", "K\1\u0085")));
    assertThat(tensor.floats()).containsExactly(2);
    NdArray array =
        (NdArray)
            TorchFile.read(
                Archives.write(
                    folder, START + array("X\2\0\0\0i8", "K\1\u0085", "C\u0008\7\0\0\0\0\0\0\0")));
    assertThat(array.longs()).containsExactly(7);
  }
}
