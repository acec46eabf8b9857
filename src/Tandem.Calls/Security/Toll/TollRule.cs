namespace Tandem.Calls.Security.Toll;

/// <summary>The rules that a call to outside can meet.</summary>
public enum TollRule
{
    /// <summary>The number is no E.164 number.</summary>
    NotANumber,

    /// <summary>The country is not among the allowed ones.</summary>
    Destination,

    /// <summary>A premium or satellite number that nobody opened.</summary>
    Premium,

    /// <summary>A country that is closed at this hour.</summary>
    OutOfHours,

    /// <summary>Too many calls at once.</summary>
    Concurrent,

    /// <summary>Too many calls in a minute.</summary>
    Rate,

    /// <summary>Too many refused destinations in a row of time: somebody tries doors.</summary>
    Probing,

    /// <summary>The money of the day is spent.</summary>
    Spend,

    /// <summary>An earlier trip still blocks calls to outside.</summary>
    Blocked,
}
