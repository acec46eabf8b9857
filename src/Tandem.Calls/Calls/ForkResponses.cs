namespace Tandem.Calls.Calls;

/// <summary>What the caller hears when several contacts refused: the best final response (RFC 3261 §16.7 item 6).</summary>
public static class ForkResponses
{
    /// <summary>
    /// True when <paramref name="candidate"/> is a better answer than <paramref name="current"/> (0: none yet): a 6xx beats
    /// all, then the lower class; inside 4xx those that tell the caller what to change come first; 408 and 503 say least.
    /// </summary>
    public static bool IsBetter(int candidate, int current) => current == 0 || Rank(candidate) < Rank(current);

    /// <summary>
    /// The status that may leave the exchange. A redirection is not followed, because it would let a phone place calls in
    /// another's name, and a phone that asks for credentials asks for what we do not have: both are 480. 503 would make the
    /// caller avoid the exchange, so it is 500 (§16.7 item 6); 481 and 487 that we did not ask for are the phone's fault, and a flow that failed (430) is nothing for a caller (RFC 5626 §11.5): 480.
    /// </summary>
    public static int TowardCaller(int status) => status switch
    {
        >= 300 and < 400 => 480,
        401 or 407 or 421 or 422 or 430 or 481 or 487 or 491 => 480,
        503 => 500,
        > 699 or < 300 => 500,
        _ => status,
    };

    private static int Rank(int status) => status switch
    {
        >= 600 => 0,
        486 => 41,
        415 or 420 or 484 or 488 => 42,
        404 or 410 => 44,
        480 => 45,
        408 or 430 => 48,
        >= 400 and < 500 => 43,
        >= 300 and < 400 => 46,
        503 => 59,
        _ => 51,
    };
}
