package dev.peer.cli.option;

import dev.peer.config.EtcdAddress;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the members of an etcd on the command line. */
public final class EtcdAddressConverter implements ITypeConverter<EtcdAddress> {
  @Override
  public EtcdAddress convert(String text) {
    try {
      return EtcdAddress.parse(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}
