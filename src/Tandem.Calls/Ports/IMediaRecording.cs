namespace Tandem.Calls.Ports;

/// <summary>A recording of a session that is being made. Called by the session's SIP shard; nothing waits. It ends with its session, if not before.</summary>
public interface IMediaRecording
{
    /// <summary>Its name: 26 characters.</summary>
    string Id { get; }

    /// <summary>While true nothing is kept, and the recording's time stands still.</summary>
    bool IsPaused { get; set; }

    /// <summary>While true silence stands in the place of the sound.</summary>
    bool IsMasked { get; set; }

    /// <summary>Ends it; what was heard until now is kept.</summary>
    void Stop();
}
