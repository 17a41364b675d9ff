package dev.peer.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.reflect.Constructor;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class EagerCodeTest {

  private static final ClassFile FORMAT =
      ClassFile.of(
          ClassHierarchyResolverOption.of(
              ClassHierarchyResolver.ofClassLoading(EagerCodeTest.class.getClassLoader())));

  /** Loads the classes of this test with the code that Java makes, or with their own. */
  private static final class Loader extends ClassLoader {

    private final boolean eager;

    Loader(boolean eager) {
      super(EagerCodeTest.class.getClassLoader());
      this.eager = eager;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.startsWith(Samples.class.getName())) {
        return super.loadClass(name, resolve);
      }
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        if (loaded != null) {
          return loaded;
        }
        byte[] bytes = classFile(name);
        byte[] defined = eager ? EagerCode.of(FORMAT, bytes) : bytes;
        return defineClass(name, defined, 0, defined.length);
      }
    }
  }

  /** What is compared: the results say what {@code equals}, {@code hashCode} and switches do. */
  static final class Samples implements Supplier<List<Object>> {

    record All(
        boolean flag,
        byte small,
        short medium,
        char letter,
        int number,
        long large,
        float real,
        double exact,
        String text,
        Object[] array) {}

    record None() {}

    record Generic<T extends Comparable<T>>(T value, List<T> others) {}

    sealed interface Shape {

      /** A switch in an interface. */
      default String name() {
        return switch (this) {
          case Circle _ -> "circle";
          case Square square when square.side() > 5 -> "large square";
          case Square square when square.side() > 3 -> "square of " + square.side();
          case Square _ -> "small square";
          case Pair(Circle(double radius), Shape other) -> radius + " and " + other.name();
          case Pair _ -> "pair";
        };
      }
    }

    record Circle(double radius) implements Shape {}

    record Square(int side) implements Shape {}

    record Pair(Shape one, Shape other) implements Shape {}

    private static final Object[] ARRAY = {1};

    @Override
    public List<Object> get() {
      List<Object> said = new ArrayList<>();
      List<Object> values = new ArrayList<>();
      for (int i = 0; i < 11; i++) {
        values.add(all(i));
      }
      values.add(all(-1));
      values.add(new All(false, (byte) 0, (short) 0, 'a', 0, 0, -0f, 0, "", ARRAY));
      values.add(new All(false, (byte) 0, (short) 0, 'a', 0, 0, Float.NaN, -0.0, null, null));
      values.add(new All(false, (byte) 0, (short) 0, 'a', 0, 0, Float.NaN, -0.0, null, null));
      values.add(new None());
      values.add(new Generic<>("a", List.of("b")));
      values.add(new Generic<>("a", List.of("b")));
      values.add(new Generic<>("a", null));
      values.add(null);
      for (Object one : values) {
        said.add(one == null || one.toString().contains("[L") ? "unnamed" : one.toString());
        said.add(one instanceof All all && all.array() != null ? 0 : Objects.hashCode(one));
        values.forEach(other -> said.add(one != null && one.equals(other)));
      }
      for (Shape shape :
          List.of(
              new Circle(1),
              new Square(2),
              new Square(4),
              new Square(6),
              new Pair(new Circle(2), new Square(1)),
              new Pair(new Square(1), new Circle(2)))) {
        said.add(shape.name());
      }
      for (Object object : Stream.of(1, 1L, "text", new None(), List.of(), 'c').toList()) {
        said.add(of(object));
      }
      said.add(of(null));
      said.add(ofText("one"));
      return said;
    }

    private static All all(int differing) {
      return new All(
          differing == 0,
          (byte) (differing == 1 ? -1 : 1),
          (short) (differing == 2 ? -2 : 2),
          differing == 3 ? 'b' : 'a',
          differing == 4 ? Integer.MIN_VALUE : 4,
          differing == 5 ? Long.MIN_VALUE : 5,
          differing == 6 ? Float.NaN : 6,
          differing == 7 ? Double.NEGATIVE_INFINITY : 7,
          differing == 8 ? "other" : "text",
          differing == 9 ? new Object[] {1} : ARRAY);
    }

    private static String of(Object object) {
      return switch (object) {
        case null -> "nothing";
        case Integer i when i > 1 -> "many";
        case Number n -> "number " + n;
        case CharSequence s -> "text " + s;
        case List<?> l -> "list of " + l.size();
        default -> "something";
      };
    }

    private static String ofText(Object object) {
      return switch (object) {
        case String s when s.equals("one") -> "1";
        case String s -> s;
        default -> "none";
      };
    }
  }

  @Test
  void doesWhatTheRuntimesOwnDoes() throws Exception {
    List<Object> own = said(false);

    assertThat(own).contains(true, false, "large square", "2.0 and small square", "nothing");
    assertThat(said(true)).isEqualTo(own);
  }

  @Test
  void leavesNothingOfItToTheRuntime() throws Exception {
    for (Class<?> sample :
        List.of(Samples.class, Samples.All.class, Samples.None.class, Samples.Shape.class)) {
      byte[] bytes = classFile(sample.getName());

      assertThat(made(bytes)).isNotEmpty();
      assertThat(made(EagerCode.of(FORMAT, bytes))).isEmpty();
    }
  }

  @Test
  void leavesAClassThatNeedsNothingAsItIs() throws Exception {
    byte[] bytes = classFile(EagerCodeTest.class.getName());

    assertThat(EagerCode.of(FORMAT, bytes)).isSameAs(bytes);
  }

  /** The methods that the runtime makes for a class, besides {@code toString}. */
  private static List<String> made(byte[] bytes) {
    return FORMAT.parse(bytes).methods().stream()
        .flatMap(method -> method.code().stream())
        .flatMap(code -> code.elementStream())
        .filter(InvokeDynamicInstruction.class::isInstance)
        .map(InvokeDynamicInstruction.class::cast)
        .filter(call -> call.bootstrapMethod().owner().packageName().equals("java.lang.runtime"))
        .map(call -> call.name().stringValue())
        .filter(name -> !name.equals("toString"))
        .toList();
  }

  @SuppressWarnings("unchecked")
  private static List<Object> said(boolean eager) throws Exception {
    Class<?> samples = new Loader(eager).loadClass(Samples.class.getName());
    Constructor<?> constructor = samples.getDeclaredConstructor();
    constructor.setAccessible(true);
    return ((Supplier<List<Object>>) constructor.newInstance()).get();
  }

  private static byte[] classFile(String name) throws ClassNotFoundException {
    String file = "/" + name.replace('.', '/') + ".class";
    try (InputStream in = EagerCodeTest.class.getResourceAsStream(file)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new ClassNotFoundException(name, e);
    }
  }
}
