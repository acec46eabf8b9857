namespace Tandem.Calls.Calls;

/// <summary>The Q.850 causes that the exchange uses in Reason headers (RFC 3326) and verdicts.</summary>
public static class Cause
{
    public const int None = 0;
    public const int UnallocatedNumber = 1;
    public const int NormalClearing = 16;
    public const int UserBusy = 17;
    public const int NoUserResponding = 18;
    public const int NoAnswer = 19;
    public const int SubscriberAbsent = 20;
    public const int CallRejected = 21;
    public const int NumberChanged = 22;
    public const int ExchangeRoutingError = 25;
    public const int DestinationOutOfOrder = 27;
    public const int InvalidNumberFormat = 28;
    public const int NormalUnspecified = 31;
    public const int NoCircuitAvailable = 34;
    public const int NetworkOutOfOrder = 38;
    public const int TemporaryFailure = 41;
    public const int Congestion = 42;
    public const int BearerNotAvailable = 58;
    public const int NotImplemented = 79;
    public const int IncompatibleDestination = 88;
    public const int RecoveryOnTimerExpiry = 102;
    public const int Interworking = 127;

    /// <summary>The cause that says in Q.850 what <paramref name="status"/> says in SIP; 0 for a status below 400.</summary>
    public static int FromStatus(int status) => status switch
    {
        < 400 => None,
        401 or 402 or 403 or 407 or 603 or 607 or 608 => CallRejected,
        404 or 604 => UnallocatedNumber,
        405 => BearerNotAvailable,
        406 or 415 or 501 => NotImplemented,
        408 or 504 => RecoveryOnTimerExpiry,
        410 => NumberChanged,
        480 => NoUserResponding,
        482 or 483 => ExchangeRoutingError,
        484 => InvalidNumberFormat,
        485 => UnallocatedNumber,
        486 or 600 => UserBusy,
        487 => NormalUnspecified,
        488 or 606 => IncompatibleDestination,
        502 => NetworkOutOfOrder,
        503 => TemporaryFailure,
        400 or 481 or 500 => TemporaryFailure,
        _ => Interworking,
    };
}
