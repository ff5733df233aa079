package uk.ac.manchester.tornado.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Every public or protected member that we declare is one of TornadoVM's. The real `tornado-api`
/// and `tornado-runtime` are in the folder of jars that the property `octolift.tornadoApi` names;
/// profile `tornadovm` takes that of the SDK.
class SignatureTest {
  private static final String PROPERTY = "octolift.tornadoApi";

  @Test
  void everyMemberIsOneOfTornadoVMs() throws Exception {
    String location = System.getProperty(PROPERTY);
    assumeTrue(location != null, "no tornado-api: set -D" + PROPERTY);
    List<String> wrong = new ArrayList<>();
    int members = 0;
    URL[] jars = jars(Path.of(location));
    try (URLClassLoader real = new URLClassLoader(jars, ClassLoader.getPlatformClassLoader())) {
      for (Class<?> ours : publicClasses()) {
        List<String> theirs = visible(real.loadClass(ours.getName()));
        for (String member : visible(ours)) {
          members++;
          if (!theirs.contains(member)) {
            wrong.add(ours.getSimpleName() + ": " + member);
          }
        }
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(members).isGreaterThan(400);
  }

  private static URL[] jars(Path folder) throws IOException {
    List<URL> jars = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, "tornado-*.jar")) {
      for (Path jar : found) {
        jars.add(jar.toUri().toURL());
      }
    }
    return jars.toArray(URL[]::new);
  }

  private static List<Class<?>> publicClasses()
      throws IOException, URISyntaxException, ClassNotFoundException {
    URI folder = TaskGraph.class.getProtectionDomain().getCodeSource().getLocation().toURI();
    List<Class<?>> classes = new ArrayList<>();
    try (Stream<Path> files = Files.walk(Path.of(folder))) {
      for (Path file : files.filter(path -> path.toString().endsWith(".class")).toList()) {
        String name =
            Path.of(folder).relativize(file).toString().replace(".class", "").replace('/', '.');
        Class<?> type = Class.forName(name, false, SignatureTest.class.getClassLoader());
        if (Modifier.isPublic(type.getModifiers()) && !name.endsWith("package-info")) {
          classes.add(type);
        }
      }
    }
    return classes;
  }

  /// What callers and subclasses can use, `abstract`, `final` and parameter names left out.
  private static List<String> visible(Class<?> type) {
    List<String> members = new ArrayList<>();
    for (Class<?> c = type; c != null && c != Object.class; c = c.getSuperclass()) {
      Stream.of(c.getDeclaredFields())
          .filter(field -> isVisible(field.getModifiers()))
          .forEach(field -> members.add(field(field)));
      Stream.of(c.getDeclaredMethods())
          .filter(method -> isVisible(method.getModifiers()))
          .forEach(method -> members.add(method(method)));
    }
    for (Constructor<?> constructor : type.getDeclaredConstructors()) {
      if (isVisible(constructor.getModifiers())) {
        members.add("new" + signature(constructor));
      }
    }
    return members.stream().distinct().toList();
  }

  private static boolean isVisible(int modifiers) {
    return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
  }

  private static String field(Field field) {
    return isStatic(field.getModifiers()) + field.getGenericType() + " " + field.getName();
  }

  private static String method(Method method) {
    return isStatic(method.getModifiers())
        + method.getReturnType().getName()
        + " "
        + method.getName()
        + signature(method);
  }

  private static String isStatic(int modifiers) {
    return Modifier.isStatic(modifiers) ? "static " : "";
  }

  private static String signature(Executable executable) {
    return Stream.of(executable.getParameterTypes()).map(Class::getName).toList()
        + (executable.isVarArgs() ? "..." : "")
        + Stream.of(executable.getExceptionTypes()).map(Class::getName).toList();
  }
}
