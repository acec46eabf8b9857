namespace Tandem.Calls.Calls.Programs;

/// <summary>How the ringing of somebody for a person ended.</summary>
internal enum ConnectEnd
{
    /// <summary>Somebody answered, and both hear each other.</summary>
    Connected,

    /// <summary>The exchange itself is there, and the person is to be served: <see cref="ServedCall.ServeAsync(Routing.ExchangeService)"/>.</summary>
    Service,

    /// <summary>It rang and nobody answered in time.</summary>
    NoAnswer,

    /// <summary>Who was rung is busy.</summary>
    Busy,

    /// <summary>Nobody is there to ring, or what rings cannot be reached.</summary>
    Unreachable,

    /// <summary>Refused: by who was rung, the toll guard, or because the number does not exist.</summary>
    Refused,

    /// <summary>The person pressed a stop key.</summary>
    Key,

    /// <summary>The person is gone.</summary>
    Gone,
}
