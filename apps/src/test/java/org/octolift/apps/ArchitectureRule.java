package org.octolift.apps;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.constructors;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Predicate;

/// What holds the parts of the program apart, each rule with its reason. A rule is made for a root
/// package, so that it can be tried on classes that break it.
enum ArchitectureRule {
  /// TornadoVM's own packages take this module's place where its SDK is installed.
  TORNADO_JVM_USES_THE_JDK_ALONE("tornado.UsesKernels") {
    @Override
    ArchRule of(String root, String tornado) {
      return below(tornado + "..")
          .because("TornadoVM's SDK replaces these packages and has nothing of ours");
    }
  },

  /// Kernels are compiled for GPUs: they know arrays, and nothing of programs, nodes or files.
  KERNELS_KNOW_NOTHING_ABOVE_THEM("kernels.cpu.UsesEngine") {
    @Override
    ArchRule of(String root, String tornado) {
      return below(root + ".kernels..", tornado + "..")
          .because("kernels lie below the engine and run without it");
    }
  },

  /// A program is recorded by networks but does not know them.
  ENGINE_KNOWS_NOTHING_ABOVE_IT("engine.UsesNetworks") {
    @Override
    ArchRule of(String root, String tornado) {
      return below(root + ".engine..", root + ".kernels..", tornado + "..")
          .because("the engine lies below the networks and uses no other library than the JDK");
    }
  },

  /// Networks are used by applications but do not know them.
  NETWORKS_KNOW_NOTHING_ABOVE_THEM("nn.UsesApplications") {
    @Override
    ArchRule of(String root, String tornado) {
      return below(root + ".nn..", root + ".engine..", root + ".kernels..", tornado + "..")
          .because("networks lie below the applications and use no other library than the JDK");
    }
  },

  /// A network that knew its device could not be moved to another.
  NETWORKS_KNOW_NO_DEVICE("nn.UsesTheCpu") {
    @Override
    ArchRule of(String root, String tornado) {
      return noClasses()
          .that()
          .resideInAPackage(root + ".nn..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage(root + ".engine.cpu..")
          .because("a recorded program runs on any device");
    }
  },

  /// Otherwise nobody can say which of two packages to read first.
  APPLICATION_PACKAGES_HAVE_NO_CYCLES("apps.left") {
    @Override
    ArchRule of(String root, String tornado) {
      return slices().matching(root + ".apps.(*)..").should().beFreeOfCycles();
    }
  },

  /// TornadoVM compiles static methods over arrays, numbers and its own classes.
  KERNELS_USE_ONLY_WHAT_A_GPU_HAS("kernels.ThrowsExceptions") {
    @Override
    ArchRule of(String root, String tornado) {
      Set<String> allowed = Set.of("java.lang.Object", "java.lang.Math");
      return classes()
          .that()
          .resideInAPackage(root + ".kernels")
          .should()
          .onlyDependOnClassesThat(
              named(
                  "are primitive, kernels, TornadoVM's or Math",
                  type ->
                      type.getBaseComponentType().isPrimitive()
                          || allowed.contains(type.getName())
                          || type.getPackageName().equals(root + ".kernels")
                          || type.getPackageName().startsWith(tornado)))
          .because("a GPU has no exceptions, collections or strings");
    }
  },

  /// A kernel is a function: it is found by its name and runs many times at once.
  KERNEL_METHODS_ARE_STATIC("kernels.HasAnInstanceMethod") {
    @Override
    ArchRule of(String root, String tornado) {
      return methods()
          .that()
          .areDeclaredInClassesThat()
          .resideInAPackage(root + ".kernels")
          .should()
          .beStatic();
    }
  },

  /// State would be shared by all work-items of a device, or by none.
  KERNELS_HAVE_NO_STATE("kernels.HasState") {
    @Override
    ArchRule of(String root, String tornado) {
      return fields()
          .that()
          .areDeclaredInClassesThat()
          .resideInAPackage(root + ".kernels")
          .should()
          .beStatic()
          .andShould()
          .beFinal()
          .andShould()
          .haveRawType(named("are primitive", JavaClass::isPrimitive));
    }
  },

  /// Nobody shall extend or make what has neither state nor instance methods.
  KERNEL_CLASSES_ARE_FINAL("kernels.IsOpen") {
    @Override
    ArchRule of(String root, String tornado) {
      return classes()
          .that()
          .resideInAPackage(root + ".kernels")
          .and()
          .doNotHaveSimpleName("package-info")
          .should()
          .haveModifier(JavaModifier.FINAL);
    }
  },

  /// As above.
  KERNEL_CLASSES_ARE_NEVER_MADE("kernels.IsOpen") {
    @Override
    ArchRule of(String root, String tornado) {
      return constructors()
          .that()
          .areDeclaredInClassesThat()
          .resideInAPackage(root + ".kernels")
          .should()
          .bePrivate();
    }
  },

  /// The Vector API is an incubator module: it changes, and may be absent at run time.
  VECTOR_API_STAYS_IN_CPU_KERNELS("engine.UsesVectors") {
    @Override
    ArchRule of(String root, String tornado) {
      return noClasses()
          .that()
          .resideOutsideOfPackage(root + ".kernels.cpu..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("jdk.incubator.vector..")
          .because("an incubating interface has one place to change, and may be absent");
    }
  },

  /// Same seed, same bits: every random number comes from the seeded source.
  RANDOM_NUMBERS_COME_FROM_THE_SEED("apps.left.DrawsUnseeded") {
    @Override
    ArchRule of(String root, String tornado) {
      List<String> sources =
          List.of(
              "java.util.Random",
              "java.util.SplittableRandom",
              "java.util.concurrent.ThreadLocalRandom",
              "java.util.random.RandomGeneratorFactory",
              "java.security.SecureRandom");
      return noClasses()
          .should()
          .dependOnClassesThat(
              named("are other random sources", type -> sources.contains(type.getName())))
          .orShould()
          .callMethodWhere(calls("java.lang.Math", "random"))
          .orShould()
          .callMethodWhere(calls("java.util.UUID", "randomUUID"))
          .orShould()
          .callMethodWhere(calls("java.util.Collections", "shuffle"))
          .because("engine.RandomSource is the one source, and checkpoints continue it");
    }
  },

  /// Commands decide what is shown, and where: tests and pipes rely on it.
  ONLY_COMMANDS_PRINT("engine.Prints") {
    @Override
    ArchRule of(String root, String tornado) {
      return noClasses()
          .that(
              named(
                  "neither start the program, nor are commands, nor show progress",
                  type ->
                      !type.getName().equals(root + ".apps.Main")
                          && !type.getPackageName().startsWith(root + ".apps.commands")
                          && !type.getName().startsWith(root + ".apps.train.Progress")))
          .should()
          .accessFieldWhere(
              DescribedPredicate.describe(
                  "System.out or System.err",
                  access ->
                      access.getTargetOwner().getName().equals("java.lang.System")
                          && Set.of("out", "err").contains(access.getTarget().getName())))
          .orShould()
          .callMethodWhere(
              DescribedPredicate.describe(
                  "a stack trace goes to System.err",
                  call ->
                      call.getTarget().getName().equals("printStackTrace")
                          && call.getTarget().getRawParameterTypes().isEmpty()))
          .because("what is shown, and where, is up to the commands");
    }
  },

  /// Whoever starts threads decides how many there are: `SOLVER.threads` must hold.
  ONLY_ENGINE_AND_APPLICATIONS_START_THREADS("nn.StartsThreads") {
    @Override
    ArchRule of(String root, String tornado) {
      return noClasses()
          .that()
          .resideOutsideOfPackages(root + ".engine..", root + ".apps..", tornado + "..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("java.util.concurrent..")
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(Thread.class)
          .because("kernels and networks run on the threads of their device");
    }
  },

  /// The common pool has as many threads as it likes and sums in the order that it likes.
  NOBODY_USES_THE_COMMON_POOL("apps.right.UsesTheCommonPool") {
    @Override
    ArchRule of(String root, String tornado) {
      return noClasses()
          .should()
          .callMethodWhere(
              DescribedPredicate.describe(
                  "a parallel stream is made",
                  call ->
                      (call.getTargetOwner().getName().startsWith("java.util.stream.")
                              && call.getTarget().getName().equals("parallel"))
                          || call.getTarget().getName().equals("parallelStream")))
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(ForkJoinPool.class)
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(CompletableFuture.class)
          .because("threads are counted by SOLVER.threads, and results do not depend on them");
    }
  };

  private final String offender;

  ArchitectureRule(String offender) {
    this.offender = offender;
  }

  /// The rule for the packages below {@code root}.
  ///
  /// @param tornado package of TornadoVM's interface
  abstract ArchRule of(String root, String tornado);

  /// What the rule must complain about when it is tried on the broken classes.
  String offender() {
    return offender;
  }

  /// Classes of {@code own} use their own packages, those of {@code lower} and the JDK alone.
  private static ArchRule below(String own, String... lower) {
    List<String> allowed = new ArrayList<>(List.of(own, "java..", "jdk.incubator.vector.."));
    allowed.addAll(List.of(lower));
    return classes()
        .that()
        .resideInAPackage(own)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(allowed.toArray(String[]::new));
  }

  private static DescribedPredicate<JavaClass> named(
      String description, Predicate<JavaClass> test) {
    return DescribedPredicate.describe(description, test);
  }

  private static DescribedPredicate<JavaAccess<?>> calls(String owner, String method) {
    return DescribedPredicate.describe(
        owner + "." + method,
        access ->
            access.getTargetOwner().getName().equals(owner)
                && access.getTarget().getName().equals(method));
  }
}
