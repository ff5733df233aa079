package org.octolift.nn.checkpoint;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.octolift.engine.InputException;

/// Runs one pickle, protocols 2 to 5, that may only build data: the opcodes that torch.save
/// writes and the classes of [PickleGlobals]. Anything else is refused, never skipped.
///
/// On the stack: null, `Boolean`, `Long` (`BigInteger` beyond 64 bits), `Double`, `String`,
/// `byte[]`, `ArrayList` for lists, unmodifiable lists for tuples, `LinkedHashMap`, and what the
/// allowed classes make.
///
/// Source: the opcode table of Python's Lib/pickletools.py.
final class Pickle {
  /// Each operation makes one small object at most, so this bounds the heap.
  private static final int MAX_OPERATIONS = 5_000_000;

  private static final int MAX_NAME = 128;

  private final String source;
  private final byte[] bytes;
  private final TorchStorages storages;
  private final ArrayList<Object> stack = new ArrayList<>();
  private final ArrayList<Integer> marks = new ArrayList<>();
  private final Map<Long, Object> memo = new HashMap<>();
  private final IdentityHashMap<Object, Long> memoOfUnfinished = new IdentityHashMap<>();
  private int at;
  private int operation;

  /// @param source names the pickle in messages
  /// @param start where the pickle begins in {@code bytes}
  /// @param storages finds what persistent identifiers stand for
  Pickle(String source, byte[] bytes, int start, TorchStorages storages) {
    this.source = source;
    this.bytes = bytes;
    this.at = start;
    this.operation = start;
    this.storages = storages;
  }

  /// Runs to the STOP opcode.
  ///
  /// @return what the pickle built
  /// @throws InputException naming the byte and what is wrong there
  Object run() throws IOException {
    if (unsignedByte() != 0x80) {
      throw refused("expected a pickle of protocol 2 to 5");
    }
    int protocol = unsignedByte();
    if (protocol < 2 || protocol > 5) {
      throw refused("expected pickle protocol 2 to 5, found " + protocol);
    }
    for (int count = 0; count < MAX_OPERATIONS; count++) {
      operation = at;
      int opcode = unsignedByte();
      if (opcode == '.') {
        Object result = pop();
        if (!stack.isEmpty() || !marks.isEmpty()) {
          throw refused("STOP with values left on the stack");
        }
        return result;
      }
      step(opcode);
    }
    throw refused("more than " + MAX_OPERATIONS + " operations");
  }

  /// Index of the byte after the pickle.
  int end() {
    return at;
  }

  private void step(int opcode) throws IOException {
    switch (opcode) {
      case 0x95 -> length(8); // FRAME
      case '(' -> marks.add(stack.size());
      case 'N' -> stack.add(null);
      case 0x88 -> stack.add(true);
      case 0x89 -> stack.add(false);
      case 'K' -> stack.add((long) unsignedByte());
      case 'M' -> stack.add(littleEndian(2));
      case 'J' -> stack.add((long) (int) littleEndian(4));
      case 0x8a -> stack.add(integer(unsignedByte()));
      case 'G' -> stack.add(Double.longBitsToDouble(Long.reverseBytes(littleEndian(8))));
      case 'X' -> stack.add(text(length(4)));
      case 0x8c -> stack.add(text(length(1)));
      case 0x8d -> stack.add(text(length(8)));
      case 'B' -> stack.add(take(length(4)));
      case 'C' -> stack.add(take(length(1)));
      case 0x8e, 0x96 -> stack.add(take(length(8)));
      case ']' -> stack.add(new ArrayList<>());
      case '}' -> stack.add(new LinkedHashMap<>());
      case ')' -> stack.add(List.of());
      case 't' -> stack.add(Collections.unmodifiableList(popToMark()));
      case 0x85, 0x86, 0x87 -> stack.add(Collections.unmodifiableList(pop(opcode - 0x84)));
      case 'a' -> append(pop(1));
      case 'e' -> append(popToMark());
      case 's' -> put(pop(2));
      case 'u' -> put(popToMark());
      case 'q' -> memoize(unsignedByte());
      case 'r' -> memoize(littleEndian(4));
      case 0x94 -> memoize(memo.size());
      case 'h' -> recall(unsignedByte());
      case 'j' -> recall(littleEndian(4));
      case 'c' -> stack.add(PickleGlobals.find(line() + "." + line(), where()));
      case 0x93 -> stackGlobal();
      case 'R' -> reduce();
      case 'b' -> build();
      case 'Q' -> stack.add(storages.resolve(pop(), where()));
      default ->
          throw refused(
              "opcode 0x%02x%s is not among those that a checkpoint may use"
                  .formatted(
                      opcode, opcode > ' ' && opcode < 127 ? " '" + (char) opcode + "'" : ""));
    }
  }

  private void append(List<Object> values) {
    if (!(peek() instanceof ArrayList<?>)) {
      throw refused("expected a list to append to, found " + describe(peek()));
    }
    @SuppressWarnings("unchecked") // Lists are made here only, for any object.
    ArrayList<Object> list = (ArrayList<Object>) peek();
    list.addAll(values);
  }

  private void put(List<Object> pairs) {
    if (!(peek() instanceof LinkedHashMap<?, ?>)) {
      throw refused("expected a dict to set items of, found " + describe(peek()));
    }
    if (pairs.size() % 2 != 0) {
      throw refused("expected keys and values in pairs");
    }
    @SuppressWarnings("unchecked") // Maps are made here only, for any object.
    Map<Object, Object> map = (Map<Object, Object>) peek();
    for (int i = 0; i < pairs.size(); i += 2) {
      Object key = pairs.get(i);
      if (!(key instanceof String || key instanceof Long || key instanceof Boolean)) {
        throw refused("expected a string, integer or bool as key, found " + describe(key));
      }
      if (map.containsKey(key)) {
        throw refused("the key " + key + " occurs twice");
      }
      map.put(key, pairs.get(i + 1));
    }
  }

  private void memoize(long index) {
    Object top = peek();
    memo.put(index, top);
    boolean unfinished = top instanceof NumpyPickle.Unfinished || top instanceof NumpyPickle.Type;
    if (unfinished && memoOfUnfinished.putIfAbsent(top, index) != null) {
      throw refused("expected the state of an array or a type that was remembered before");
    }
  }

  private void recall(long index) {
    if (!memo.containsKey(index)) {
      throw refused("nothing was remembered as number " + index);
    }
    stack.add(memo.get(index));
  }

  private void stackGlobal() {
    List<Object> names = pop(2);
    if (!(names.get(0) instanceof String module) || !(names.get(1) instanceof String name)) {
      throw refused("expected the names of a module and a class");
    }
    stack.add(PickleGlobals.find(module + "." + name, where()));
  }

  private void reduce() {
    Object arguments = pop();
    if (!(pop() instanceof PickleGlobals global)) {
      throw refused("expected a class to call");
    }
    if (!(arguments instanceof List<?> list) || list instanceof ArrayList<?>) {
      throw refused("expected a tuple of arguments, found " + describe(arguments));
    }
    stack.add(global.call(list, storages, where()));
  }

  private void build() {
    Object state = pop();
    Object object = pop();
    Object built =
        switch (object) {
          case NumpyPickle.Unfinished _ -> NumpyPickle.finish(state, storages, where());
          case NumpyPickle.Type type -> type.withState(state, where());
          case LinkedHashMap<?, ?> map when isModuleMetadata(state) -> map;
          case null, default ->
              throw refused("expected nothing that sets the state of " + describe(object));
        };
    Long index = memoOfUnfinished.remove(object);
    if (index != null) {
      memo.put(index, built);
    }
    stack.add(built);
  }

  /// The one attribute that a state dict carries beside its items, and that we do not need.
  private static boolean isModuleMetadata(Object state) {
    return state instanceof Map<?, ?> attributes
        && attributes.keySet().equals(Collections.singleton("_metadata"));
  }

  private Object peek() {
    if (stack.size() <= lastMark()) {
      throw refused("expected a value on the stack");
    }
    return stack.getLast();
  }

  private Object pop() {
    peek();
    return stack.removeLast();
  }

  private List<Object> pop(int count) {
    if (stack.size() - lastMark() < count) {
      throw refused("expected %d values on the stack".formatted(count));
    }
    return popFrom(stack.size() - count);
  }

  private List<Object> popToMark() {
    if (marks.isEmpty()) {
      throw refused("expected a mark on the stack");
    }
    return popFrom(marks.removeLast());
  }

  private List<Object> popFrom(int index) {
    List<Object> top = stack.subList(index, stack.size());
    List<Object> values = new ArrayList<>(top);
    top.clear();
    return values;
  }

  private int lastMark() {
    return marks.isEmpty() ? 0 : marks.getLast();
  }

  private int unsignedByte() {
    if (at >= bytes.length) {
      throw refused("the data end in the middle of a pickle");
    }
    return bytes[at++] & 0xff;
  }

  private long littleEndian(int count) {
    long value = 0;
    for (int i = 0; i < count; i++) {
      value |= (long) unsignedByte() << (8 * i);
    }
    return value;
  }

  /// Reads a length of {@code count} bytes and checks that so much follows.
  private int length(int count) {
    long length = littleEndian(count);
    if (length < 0 || length > bytes.length - at) {
      throw refused(
          "expected %s more bytes, found %d"
              .formatted(Long.toUnsignedString(length), bytes.length - at));
    }
    return (int) length;
  }

  private byte[] take(int count) {
    at += count;
    return Arrays.copyOfRange(bytes, at - count, at);
  }

  private String text(int count) {
    at += count;
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, at - count, count))
          .toString();
    } catch (CharacterCodingException e) {
      throw new InputException(where() + ": expected a string in UTF-8", e);
    }
  }

  private Number integer(int count) {
    if (count > 16 || count > bytes.length - at) {
      throw refused("expected an integer of at most 16 bytes, found " + count);
    }
    byte[] bigEndian = ByteBuffer.allocate(count + 1).put(1, take(count)).array();
    for (int i = 1, j = count; i < j; i++, j--) {
      byte swap = bigEndian[i];
      bigEndian[i] = bigEndian[j];
      bigEndian[j] = swap;
    }
    BigInteger value = count == 0 ? BigInteger.ZERO : new BigInteger(bigEndian, 1, count);
    return value.bitLength() < 64 ? (Number) value.longValue() : value;
  }

  private String line() {
    StringBuilder line = new StringBuilder();
    for (int c = unsignedByte(); c != '\n'; c = unsignedByte()) {
      if (line.length() >= MAX_NAME || c <= ' ' || c >= 127) {
        throw refused("expected the name of a class in at most " + MAX_NAME + " letters");
      }
      line.append((char) c);
    }
    return line.toString();
  }

  /// What {@code value} is, without walking through it: it may contain itself.
  static String describe(Object value) {
    return switch (value) {
      case null -> "None";
      case List<?> list -> list instanceof ArrayList<?> ? "a list" : "a tuple";
      case Map<?, ?> map -> "a dict of " + map.size();
      case byte[] data -> data.length + " bytes";
      case PickleGlobals global -> "the class " + global.qualifiedName();
      case Number number -> number.toString();
      default -> value.getClass().getSimpleName();
    };
  }

  private String where() {
    return source + ", byte " + operation;
  }

  private InputException refused(String problem) {
    return new InputException(where() + ": " + problem);
  }
}
