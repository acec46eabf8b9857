namespace Tandem.Storage.Idempotency;

/// <summary>How a key stands when a request brings it.</summary>
public enum IdempotencyState
{
    /// <summary>It is new, and the claim is that of who asks: he runs the request.</summary>
    Claimed,

    /// <summary>The request runs, here or at another node.</summary>
    Running,

    /// <summary>It was used for another request.</summary>
    Reused,

    /// <summary>The request has been answered.</summary>
    Answered,
}
