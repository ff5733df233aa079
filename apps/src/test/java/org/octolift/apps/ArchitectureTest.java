package org.octolift.apps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The rules of [ArchitectureRule] hold, and each of them notices the classes below {@code broken}
/// that were written to break it.
final class ArchitectureTest {
  private static final String OURS = "org.octolift";
  private static final String TORNADO = "uk.ac.manchester.tornado";
  private static final String BROKEN = "org.octolift.apps.broken";
  private static final JavaClasses PRODUCTION =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(ArchitectureTest::isNoTestJar)
          .importPackages(OURS, TORNADO);
  private static final JavaClasses OFFENDERS = new ClassFileImporter().importPackages(BROKEN);

  private static boolean isNoTestJar(Location location) {
    return !location.contains("-tests.jar");
  }

  @Test
  void allModulesAreLookedAt() {
    for (String known :
        List.of(
            TORNADO + ".api.KernelContext",
            OURS + ".kernels.Pooling",
            OURS + ".kernels.cpu.VectorPairKernels",
            OURS + ".engine.Program",
            OURS + ".nn.models.UNet",
            OURS + ".apps.config.RunConfig")) {
      assertThat(PRODUCTION.contain(known)).as(known).isTrue();
    }
    assertThat(PRODUCTION.contain(ArchitectureTest.class.getName())).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void holds(ArchitectureRule rule) {
    rule.of(OURS, TORNADO).check(PRODUCTION);
  }

  @ParameterizedTest
  @EnumSource
  void canFail(ArchitectureRule rule) {
    assertThatThrownBy(() -> rule.of(BROKEN, BROKEN + ".tornado").check(OFFENDERS))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(rule.offender());
  }

  /// Javadoc is not in class files, so this rule reads the sources.
  @Test
  void everyPublicTypeSaysWhatItIsFor() throws IOException {
    List<String> silent = new ArrayList<>();
    List<Path> sources = sources();
    assertThat(sources).hasSizeGreaterThan(200);
    for (Path source : sources) {
      if (!isDocumented(Files.readAllLines(source))) {
        silent.add(source.getFileName().toString());
      }
    }
    assertThat(silent).as("public types without Javadoc").isEmpty();
  }

  @Test
  void aPublicTypeWithoutJavadocIsNoticed() {
    assertThat(
            isDocumented(List.of("package p;", "", "/// A.", "@X(y)", "public final class A {}")))
        .isTrue();
    assertThat(isDocumented(List.of("package p;", "", "final class A {}"))).isTrue();
    assertThat(isDocumented(List.of("package p;", "", "public record A() {}"))).isFalse();
    assertThat(isDocumented(List.of("package p;", "import q.B;", "@X", "public enum A {}")))
        .isFalse();
  }

  /// Looks for a line `///` between the last blank line before a public top-level type and the
  /// type.
  private static boolean isDocumented(List<String> lines) {
    boolean documented = false;
    for (String line : lines) {
      if (line.isBlank() || line.startsWith("import ") || line.startsWith("package ")) {
        documented = false;
      } else if (line.startsWith("///")) {
        documented = true;
      } else if (line.matches("public .*\\b(class|interface|enum|record|@interface) .*")) {
        return documented;
      }
    }
    return true;
  }

  private static List<Path> sources() throws IOException {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(root.resolve("tornado-jvm"))) {
      root = root.getParent();
    }
    List<Path> sources = new ArrayList<>();
    for (String module : List.of("tornado-jvm", "kernels", "engine", "nn", "apps", "spark")) {
      try (Stream<Path> files = Files.walk(root.resolve(module).resolve("src/main/java"))) {
        files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
    }
    return sources;
  }
}
