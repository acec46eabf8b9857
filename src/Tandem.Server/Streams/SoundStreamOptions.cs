namespace Tandem.Server.Streams;

/// <summary>The sound of calls over WebSocket (<c>/api/v1/calls/{id}/audio</c>) and its limits.</summary>
public sealed record SoundStreamOptions
{
    /// <summary>Clients of the node at once. Default 50: each takes 64 kB/s and half a megabyte of what waits.</summary>
    public int MaxClients { get; init; } = 50;

    /// <summary>Sound that waits for a client; who is further behind loses what comes. Default 2 s.</summary>
    public TimeSpan Buffer { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long one frame may take to leave; a client that reads nothing for so long is cut off. Default 20 s.</summary>
    public TimeSpan SendTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How often the session or token of a client is looked at again. Default 20 s.</summary>
    public TimeSpan CheckInterval { get; init; } = TimeSpan.FromSeconds(20);
}
