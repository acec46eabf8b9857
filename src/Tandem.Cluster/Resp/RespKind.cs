namespace Tandem.Cluster.Resp;

/// <summary>What a value of RESP2 is.</summary>
public enum RespKind : byte
{
    Null,
    Text,
    Error,
    Integer,
    Array,
}
