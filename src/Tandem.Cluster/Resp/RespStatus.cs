namespace Tandem.Cluster.Resp;

/// <summary>What reading came to.</summary>
public enum RespStatus
{
    /// <summary>A whole value was read.</summary>
    Complete,

    /// <summary>The value goes on behind what is there.</summary>
    Incomplete,

    /// <summary>It is no RESP2, or over a limit: the connection is of no more use.</summary>
    Malformed,
}
