namespace Tandem.Storage.Webhooks;

/// <summary>Where a delivery stands.</summary>
public enum DeliveryState
{
    /// <summary>It is sent at its next attempt.</summary>
    Pending,

    /// <summary>An earlier event of the same call has to be over first.</summary>
    Waiting,

    /// <summary>The receiver took it (2xx).</summary>
    Delivered,

    /// <summary>All attempts failed: it is kept to be looked at and replayed.</summary>
    Dead,
}
