namespace Tandem.Calls.Calls;

/// <summary>One side of a two-party call, or the exchange itself.</summary>
public enum CallSide
{
    Caller,
    Callee,
    Exchange,
}
