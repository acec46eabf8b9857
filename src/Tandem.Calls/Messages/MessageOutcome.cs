namespace Tandem.Calls.Messages;

/// <summary>What became of a message.</summary>
public enum MessageOutcome
{
    /// <summary>A phone took it (2xx).</summary>
    Delivered,

    /// <summary>The called number does not exist.</summary>
    NotFound,

    /// <summary>The called extension has no phone here.</summary>
    NotRegistered,

    /// <summary>No phone answered in time.</summary>
    NoAnswer,

    /// <summary>Every phone refused it.</summary>
    Refused,

    /// <summary>No phone could be reached.</summary>
    Unreachable,

    /// <summary>It is larger than is allowed, or has no readable Content-Type.</summary>
    Unacceptable,

    /// <summary>The sender sends too much, or too much is on its way.</summary>
    Limited,

    /// <summary>It had expired when it came (RFC 3428 §7).</summary>
    Expired,
}
