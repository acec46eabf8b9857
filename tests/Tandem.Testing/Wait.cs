namespace Tandem.Testing;

/// <summary>Waiting for what other threads do. The bound is for what is broken, not for what is slow.</summary>
public static class Wait
{
    /// <summary>True as soon as the condition holds, false when it does not within a minute.</summary>
    public static bool Until(Func<bool> condition)
    {
        using var never = new ManualResetEventSlim();
        for (var deadline = Environment.TickCount64 + 60_000; Environment.TickCount64 < deadline; never.Wait(5))
        {
            if (condition())
                return true;
        }

        return condition();
    }
}
