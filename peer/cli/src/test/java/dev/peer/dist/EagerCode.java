package dev.peer.dist;

import static java.lang.constant.ConstantDescs.CD_Boolean;
import static java.lang.constant.ConstantDescs.CD_Double;
import static java.lang.constant.ConstantDescs.CD_Float;
import static java.lang.constant.ConstantDescs.CD_Long;
import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CD_int;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Label;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDesc;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.lang.runtime.ObjectMethods;
import java.lang.runtime.SwitchBootstraps;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Gives a class code of its own for what the Java runtime would make when it is first needed:
 * {@code equals} and {@code hashCode} of a record, and the choice in a switch over types. The AOT
 * cache keeps no such code, and a replay would make it in forty places.
 *
 * <p>The code does what {@link ObjectMethods} and {@link SwitchBootstraps} say. A record's {@code
 * toString} stays as it is, and so does a switch over anything besides types.
 */
final class EagerCode implements ClassTransform {

  private static final ClassDesc RECORDS = ClassDesc.of(ObjectMethods.class.getName());
  private static final ClassDesc SWITCHES = ClassDesc.of(SwitchBootstraps.class.getName());
  private static final ClassDesc OBJECTS = ClassDesc.of(Objects.class.getName());

  private final ClassDesc owner;
  private final boolean isInterface;
  private final List<Method> made = new ArrayList<>();

  private record Method(String name, MethodTypeDesc type, Consumer<CodeBuilder> code) {}

  private EagerCode(ClassModel model) {
    owner = model.thisClass().asSymbol();
    isInterface = model.flags().has(AccessFlag.INTERFACE);
  }

  /** The class with its own code; itself if it needs none. */
  static byte[] of(ClassFile format, byte[] bytes) {
    ClassModel model = format.parse(bytes);
    EagerCode code = new EagerCode(model);
    byte[] changed = format.transformClass(model, code);
    return code.made.isEmpty() ? bytes : changed;
  }

  @Override
  public void accept(ClassBuilder builder, ClassElement element) {
    if (element instanceof MethodModel method) {
      builder.transformMethod(method, MethodTransform.transformingCode(this::replace));
    } else {
      builder.with(element);
    }
  }

  @Override
  public void atEnd(ClassBuilder builder) {
    int flags = ClassFile.ACC_PRIVATE | ClassFile.ACC_STATIC | ClassFile.ACC_SYNTHETIC;
    made.forEach(
        method -> builder.withMethodBody(method.name(), method.type(), flags, method.code()));
  }

  private void replace(CodeBuilder builder, CodeElement element) {
    if (element instanceof InvokeDynamicInstruction call) {
      ClassDesc maker = call.bootstrapMethod().owner();
      String name = call.name().stringValue();
      if (maker.equals(SWITCHES)
          && call.bootstrapArgs().stream().allMatch(ClassDesc.class::isInstance)) {
        call(builder, call, code -> choose(code, call.bootstrapArgs()));
        return;
      }
      if (maker.equals(RECORDS) && name.equals("equals")) {
        call(builder, call, code -> compare(code, fields(call)));
        return;
      }
      if (maker.equals(RECORDS) && name.equals("hashCode")) {
        call(builder, call, code -> hash(code, fields(call)));
        return;
      }
    }
    builder.with(element);
  }

  private void call(
      CodeBuilder builder, InvokeDynamicInstruction replaced, Consumer<CodeBuilder> code) {
    String name = replaced.name().stringValue() + "$" + made.size();
    made.add(new Method(name, replaced.typeSymbol(), code));
    builder.invokestatic(owner, name, replaced.typeSymbol(), isInterface);
  }

  private static List<DirectMethodHandleDesc> fields(InvokeDynamicInstruction call) {
    return call.bootstrapArgs().stream()
        .filter(DirectMethodHandleDesc.class::isInstance)
        .map(DirectMethodHandleDesc.class::cast)
        .toList();
  }

  /** The number of the first type, from a given one on, that the object has; -1 for null. */
  private static void choose(CodeBuilder code, List<ConstantDesc> types) {
    Label some = code.newLabel();
    code.aload(0).ifnonnull(some).iconst_m1().ireturn().labelBinding(some);
    for (int i = 0; i < types.size(); i++) {
      Label next = code.newLabel();
      code.iload(1).loadConstant(i).if_icmpgt(next);
      code.aload(0).instanceOf((ClassDesc) types.get(i)).ifeq(next);
      code.loadConstant(i).ireturn().labelBinding(next);
    }
    code.loadConstant(types.size()).ireturn();
  }

  private void compare(CodeBuilder code, List<DirectMethodHandleDesc> fields) {
    Label differs = code.newLabel();
    code.aload(1).instanceOf(owner).ifeq(differs);
    code.aload(1).checkcast(owner).astore(2);
    for (DirectMethodHandleDesc field : fields) {
      ClassDesc type = get(code, 0, field);
      get(code, 2, field);
      switch (type.descriptorString()) {
        case "Z", "B", "S", "C", "I" -> code.if_icmpne(differs);
        case "J" -> code.lcmp().ifne(differs);
        case "F" -> code.invokestatic(CD_Float, "compare", of(CD_int, type, type)).ifne(differs);
        case "D" -> code.invokestatic(CD_Double, "compare", of(CD_int, type, type)).ifne(differs);
        default ->
            code.invokestatic(OBJECTS, "equals", of(CD_boolean, CD_Object, CD_Object))
                .ifeq(differs);
      }
    }
    code.iconst_1().ireturn().labelBinding(differs).iconst_0().ireturn();
  }

  private void hash(CodeBuilder code, List<DirectMethodHandleDesc> fields) {
    code.iconst_0();
    for (DirectMethodHandleDesc field : fields) {
      code.loadConstant(31).imul();
      ClassDesc type = get(code, 0, field);
      switch (type.descriptorString()) {
        case "B", "S", "C", "I" -> {
          // Each is its own.
        }
        case "Z" -> code.invokestatic(CD_Boolean, "hashCode", of(CD_int, type));
        case "J" -> code.invokestatic(CD_Long, "hashCode", of(CD_int, type));
        case "F" -> code.invokestatic(CD_Float, "hashCode", of(CD_int, type));
        case "D" -> code.invokestatic(CD_Double, "hashCode", of(CD_int, type));
        default -> code.invokestatic(OBJECTS, "hashCode", of(CD_int, CD_Object));
      }
      code.iadd();
    }
    code.ireturn();
  }

  private ClassDesc get(CodeBuilder code, int variable, DirectMethodHandleDesc field) {
    ClassDesc type = field.invocationType().returnType();
    code.aload(variable).getfield(owner, field.methodName(), type);
    return type;
  }

  private static MethodTypeDesc of(ClassDesc returned, ClassDesc... taken) {
    return MethodTypeDesc.of(returned, taken);
  }
}
