namespace Tandem.Server.Options;

/// <summary>How a collector is spoken to.</summary>
public enum OtlpProtocol
{
    /// <summary>gRPC where the port is 4317, which is gRPC's, and http/protobuf everywhere else.</summary>
    ByPort,

    /// <summary>Protocol Buffers over gRPC.</summary>
    Grpc,

    /// <summary>Protocol Buffers over HTTP.</summary>
    Http,
}
