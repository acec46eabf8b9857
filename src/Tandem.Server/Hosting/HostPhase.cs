namespace Tandem.Server.Hosting;

/// <summary>Where a server is between its start and its end.</summary>
public enum HostPhase
{
    /// <summary>Not everything runs yet.</summary>
    Starting,

    /// <summary>Phones and the API are served.</summary>
    Ready,

    /// <summary>A stop was asked for: no new calls, those in progress may end.</summary>
    Draining,

    /// <summary>Over.</summary>
    Stopped,
}
