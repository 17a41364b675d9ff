package dev.peer.core.openssl;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.ByteOrder;
import java.security.InvalidKeyException;
import java.security.ProviderException;
import java.security.SignatureException;
import java.util.ArrayList;
import java.util.List;

/**
 * The curves by OpenSSL 3. Keys are bytes: of P-256 a number, the most significant first, and an
 * uncompressed point; of X25519 as RFC 7748 has them.
 */
@SuppressWarnings("restricted")
final class LibCrypto {

  private static final SymbolLookup SYMBOLS =
      SymbolLookup.libraryLookup("libcrypto.so.3", Arena.global());

  private static final MethodHandle NEW_CONTEXT =
      returning(ADDRESS, "EVP_PKEY_CTX_new", ADDRESS, ADDRESS);
  private static final MethodHandle NEW_CONTEXT_FROM_NAME =
      returning(ADDRESS, "EVP_PKEY_CTX_new_from_name", ADDRESS, ADDRESS, ADDRESS);
  private static final MethodHandle FREE_CONTEXT = returningNothing("EVP_PKEY_CTX_free", ADDRESS);
  private static final MethodHandle FREE_KEY = returningNothing("EVP_PKEY_free", ADDRESS);
  private static final MethodHandle CLEAR_ERRORS = returningNothing("ERR_clear_error");
  private static final MethodHandle NEW_RAW_PRIVATE_KEY =
      returning(ADDRESS, "EVP_PKEY_new_raw_private_key", JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG);
  private static final MethodHandle NEW_RAW_PUBLIC_KEY =
      returning(ADDRESS, "EVP_PKEY_new_raw_public_key", JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG);
  private static final MethodHandle GET_RAW_PUBLIC_KEY =
      returning(JAVA_INT, "EVP_PKEY_get_raw_public_key", ADDRESS, ADDRESS, ADDRESS);
  private static final MethodHandle FROM_DATA_INIT =
      returning(JAVA_INT, "EVP_PKEY_fromdata_init", ADDRESS);
  private static final MethodHandle FROM_DATA =
      returning(JAVA_INT, "EVP_PKEY_fromdata", ADDRESS, ADDRESS, JAVA_INT, ADDRESS);
  private static final MethodHandle SIGN_INIT = returning(JAVA_INT, "EVP_PKEY_sign_init", ADDRESS);
  private static final MethodHandle SIGN =
      returning(JAVA_INT, "EVP_PKEY_sign", ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG);
  private static final MethodHandle VERIFY_INIT =
      returning(JAVA_INT, "EVP_PKEY_verify_init", ADDRESS);
  private static final MethodHandle VERIFY =
      returning(JAVA_INT, "EVP_PKEY_verify", ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG);
  private static final MethodHandle DERIVE_INIT =
      returning(JAVA_INT, "EVP_PKEY_derive_init", ADDRESS);
  private static final MethodHandle DERIVE_SET_PEER =
      returning(JAVA_INT, "EVP_PKEY_derive_set_peer", ADDRESS, ADDRESS);
  private static final MethodHandle DERIVE =
      returning(JAVA_INT, "EVP_PKEY_derive", ADDRESS, ADDRESS, ADDRESS);

  private static final MemorySegment EC = Arena.global().allocateFrom("EC");
  private static final MemorySegment GROUP = Arena.global().allocateFrom("group");
  private static final MemorySegment P256 = Arena.global().allocateFrom("prime256v1");

  /** Of a number, of a secret, and of a key of X25519. */
  private static final int SIZE = 32;

  /** {@code EVP_PKEY_X25519}. */
  private static final int X25519 = 1034;

  /** The longest that a signature of this curve is in DER. */
  private static final int SIGNATURE_SIZE = 72;

  /** The kinds of key, each with its parameter, the type of that, and what to select of a key. */
  private enum Kind {
    PRIVATE("priv", 2, 0x87) {
      // In the processor's order of bytes.
      @Override
      MemorySegment form(Call call, byte[] number) {
        MemorySegment secret = call.secret(number);
        if (ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN) {
          for (int i = 0; i < number.length; i++) {
            secret.set(JAVA_BYTE, number.length - 1L - i, number[i]);
          }
        }
        return secret;
      }
    },
    PUBLIC("pub", 5, 0x86) {
      @Override
      MemorySegment form(Call call, byte[] point) {
        return call.bytes(point);
      }
    };

    private final MemorySegment parameter;
    private final int type;
    private final int selection;

    Kind(String parameter, int type, int selection) {
      this.parameter = Arena.global().allocateFrom(parameter);
      this.type = type;
      this.selection = selection;
    }

    abstract MemorySegment form(Call call, byte[] value);
  }

  /** The type of {@link #GROUP}. */
  private static final int TEXT = 4;

  /** The size of an {@code OSSL_PARAM}. */
  private static final int PARAMETER_SIZE = 40;

  private LibCrypto() {}

  /**
   * Finds the functions.
   *
   * @throws ExceptionInInitializerError or {@link NoClassDefFoundError} if the system has no such
   *     library, or it lacks one of them
   */
  static void load() {
    CLEAR_ERRORS.type();
  }

  /**
   * Signs a digest.
   *
   * @throws SignatureException if this is no private key of the curve
   */
  static byte[] sign(byte[] privateNumber, byte[] digest) throws SignatureException {
    try (Call call = new Call()) {
      MemorySegment context = call.context(call.key(Kind.PRIVATE, privateNumber));
      MemorySegment signature = call.arena.allocate(SIGNATURE_SIZE);
      MemorySegment length = call.arena.allocateFrom(JAVA_LONG, SIGNATURE_SIZE);
      require((int) SIGN_INIT.invokeExact(context));
      require(
          (int)
              SIGN.invokeExact(
                  context, signature, length, call.bytes(digest), (long) digest.length));
      return signature.asSlice(0, length.get(JAVA_LONG, 0)).toArray(JAVA_BYTE);
    } catch (RefusedException e) {
      throw new SignatureException("OpenSSL does not sign with this key", e);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** Whether this is the key's signature of the digest. */
  static boolean verify(byte[] publicPoint, byte[] digest, byte[] signature)
      throws SignatureException {
    try (Call call = new Call()) {
      MemorySegment context = call.context(call.key(Kind.PUBLIC, publicPoint));
      require((int) VERIFY_INIT.invokeExact(context));
      return (int)
              VERIFY.invokeExact(
                  context,
                  call.bytes(signature),
                  (long) signature.length,
                  call.bytes(digest),
                  (long) digest.length)
          == 1;
    } catch (RefusedException e) {
      throw new SignatureException("OpenSSL does not verify with this key", e);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /**
   * Agrees on a secret on P-256.
   *
   * @throws InvalidKeyException if the point is not on the curve
   */
  static byte[] agree(byte[] privateNumber, byte[] publicPoint) throws InvalidKeyException {
    try (Call call = new Call()) {
      return call.agree(call.key(Kind.PRIVATE, privateNumber), call.key(Kind.PUBLIC, publicPoint));
    } catch (RefusedException e) {
      throw new InvalidKeyException("OpenSSL does not agree with these keys", e);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /**
   * Agrees on a secret by X25519.
   *
   * @throws InvalidKeyException if the other's key leaves no secret
   */
  static byte[] agreeX25519(byte[] privateKey, byte[] publicKey) throws InvalidKeyException {
    try (Call call = new Call()) {
      return call.agree(
          call.rawPrivateKey(privateKey),
          call.key(
              (MemorySegment)
                  NEW_RAW_PUBLIC_KEY.invokeExact(
                      X25519, MemorySegment.NULL, call.bytes(publicKey), (long) SIZE)));
    } catch (RefusedException e) {
      throw new InvalidKeyException("OpenSSL does not agree with these keys", e);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** The public key that belongs to a private key of X25519. */
  static byte[] publicX25519(byte[] privateKey) {
    try (Call call = new Call()) {
      MemorySegment point = call.arena.allocate(SIZE);
      MemorySegment length = call.arena.allocateFrom(JAVA_LONG, SIZE);
      require((int) GET_RAW_PUBLIC_KEY.invokeExact(call.rawPrivateKey(privateKey), point, length));
      return point.toArray(JAVA_BYTE);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** OpenSSL refused an argument. */
  private static final class RefusedException extends Exception {

    private static final long serialVersionUID = 1;
  }

  /** What one operation has outside Java's memory. When it is closed, all is freed. */
  private static final class Call implements AutoCloseable {

    private final Arena arena = Arena.ofConfined();
    private final List<MemorySegment> contexts = new ArrayList<>();
    private final List<MemorySegment> keys = new ArrayList<>();
    private final List<MemorySegment> secrets = new ArrayList<>();

    MemorySegment bytes(byte[] bytes) {
      return arena.allocateFrom(JAVA_BYTE, bytes);
    }

    /** As {@link #bytes}; overwritten in the end. */
    MemorySegment secret(byte[] bytes) {
      MemorySegment secret = bytes(bytes);
      secrets.add(secret);
      return secret;
    }

    MemorySegment context(MemorySegment key) throws Throwable {
      return kept((MemorySegment) NEW_CONTEXT.invokeExact(key, MemorySegment.NULL), contexts);
    }

    byte[] agree(MemorySegment own, MemorySegment other) throws Throwable {
      MemorySegment context = context(own);
      require((int) DERIVE_INIT.invokeExact(context));
      require((int) DERIVE_SET_PEER.invokeExact(context, other));
      MemorySegment agreed = secret(new byte[SIZE]);
      require((int) DERIVE.invokeExact(context, agreed, arena.allocateFrom(JAVA_LONG, SIZE)));
      return agreed.toArray(JAVA_BYTE);
    }

    MemorySegment rawPrivateKey(byte[] key) throws Throwable {
      return key(
          (MemorySegment)
              NEW_RAW_PRIVATE_KEY.invokeExact(
                  X25519, MemorySegment.NULL, secret(key), (long) SIZE));
    }

    MemorySegment key(MemorySegment made) {
      return kept(made, keys);
    }

    /** Makes a key of P-256 from the number or the point. */
    MemorySegment key(Kind kind, byte[] value) throws Throwable {
      MemorySegment parameters = arena.allocate(3 * PARAMETER_SIZE, Long.BYTES);
      setParameter(parameters, GROUP, TEXT, P256.asSlice(0, P256.byteSize() - 1));
      setParameter(
          parameters.asSlice(PARAMETER_SIZE), kind.parameter, kind.type, kind.form(this, value));
      MemorySegment context =
          kept(
              (MemorySegment)
                  NEW_CONTEXT_FROM_NAME.invokeExact(MemorySegment.NULL, EC, MemorySegment.NULL),
              contexts);
      require((int) FROM_DATA_INIT.invokeExact(context));
      MemorySegment made = arena.allocate(ADDRESS);
      require((int) FROM_DATA.invokeExact(context, made, kind.selection, parameters));
      return key(made.get(ADDRESS, 0));
    }

    private static void setParameter(
        MemorySegment parameter, MemorySegment name, int type, MemorySegment value) {
      parameter.set(ADDRESS, 0, name);
      parameter.set(JAVA_INT, 8, type);
      parameter.set(ADDRESS, 16, value);
      parameter.set(JAVA_LONG, 24, value.byteSize());
    }

    private static MemorySegment kept(MemorySegment pointer, List<MemorySegment> kept) {
      if (pointer.equals(MemorySegment.NULL)) {
        throw new ProviderException("OpenSSL has no memory left");
      }
      kept.add(pointer);
      return pointer;
    }

    @Override
    public void close() {
      try {
        for (MemorySegment context : contexts) {
          FREE_CONTEXT.invokeExact(context);
        }
        for (MemorySegment key : keys) {
          FREE_KEY.invokeExact(key);
        }
        CLEAR_ERRORS.invokeExact();
      } catch (Throwable e) {
        throw unexpected(e);
      } finally {
        secrets.forEach(secret -> secret.fill((byte) 0));
        arena.close();
      }
    }
  }

  private static void require(int result) throws RefusedException {
    if (result != 1) {
      throw new RefusedException();
    }
  }

  /** A call of a function declares that anything may be thrown. */
  private static RuntimeException unexpected(Throwable e) {
    return switch (e) {
      case Error error -> throw error;
      case RuntimeException exception -> exception;
      default -> new IllegalStateException("a native function throws nothing checked", e);
    };
  }

  private static MethodHandle returning(MemoryLayout result, String name, MemoryLayout... takes) {
    return function(name, FunctionDescriptor.of(result, takes));
  }

  private static MethodHandle returningNothing(String name, MemoryLayout... takes) {
    return function(name, FunctionDescriptor.ofVoid(takes));
  }

  private static MethodHandle function(String name, FunctionDescriptor type) {
    return Linker.nativeLinker().downcallHandle(SYMBOLS.findOrThrow(name), type);
  }
}
