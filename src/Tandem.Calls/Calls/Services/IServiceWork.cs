namespace Tandem.Calls.Calls.Services;

/// <summary>What the exchange does at its end of an answered call. On the call's shard; it never throws for what the caller does.</summary>
internal interface IServiceWork
{
    /// <summary>The caller is connected. Null, or how the call ends because the service is not to be had.</summary>
    CallEnding? Begin();

    /// <summary>The call is over, and so is its media session. Called once, also when <see cref="Begin"/> refused.</summary>
    void End();
}
