using Tandem.Calls.Routing;

namespace Tandem.Calls.Calls.Programs;

/// <summary>What became of ringing somebody for a person.</summary>
/// <param name="End">How it ended.</param>
/// <param name="Status">The SIP status that says so, 200 when connected; 0 when nobody was asked.</param>
/// <param name="Key">The key that ended the ringing.</param>
/// <param name="Text">For the trace; empty for nothing to add.</param>
internal readonly record struct ConnectOutcome(ConnectEnd End, int Status = 0, char? Key = null, string Text = "")
{
    /// <summary>The service, for <see cref="ConnectEnd.Service"/>.</summary>
    public ExchangeService? Service { get; init; }

    /// <summary>Both talk; <see cref="ServedCall.TalkAsync"/> comes next.</summary>
    public bool IsConnected => End == ConnectEnd.Connected;
}
