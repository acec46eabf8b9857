using Tandem.Calls.Calls;
using Tandem.Calls.Queues;
using Tandem.Calls.Routing.Features;

namespace Tandem.Calls.Routing;

/// <summary>
/// All feature codes of an exchange. A code that stands alone (<c>*43</c>) goes before one that numbers follow (<c>*6</c>800), and of those
/// the longest goes first: so <c>*66</c> is redial although <c>*6</c> is the prefix of rooms. Immutable.
/// </summary>
internal sealed class FeatureTable
{
    private const int LongestArgument = 32;

    private readonly Dictionary<string, Func<ExchangeService>> _alone = new(StringComparer.Ordinal);
    private readonly List<(string Code, int Longest, Func<string, ExchangeService> Make)> _prefixes = [];

    /// <summary>The table: whoever brings a feature adds its row here.</summary>
    public FeatureTable(CallOptions calls, FeatureCodes codes)
    {
        Alone(calls.EchoNumber, static () => new ExchangeService.Echo());
        Alone(codes.OwnMailbox, static () => new ExchangeService.Mailbox(null));
        Alone(codes.AnyMailbox, static () => new ExchangeService.Mailbox(""));
        Alone(codes.AgentLogIn, static () => new ExchangeService.Duty(AgentAction.LogIn));
        Alone(codes.AgentLogOut, static () => new ExchangeService.Duty(AgentAction.LogOut));
        Alone(codes.AgentPause, static () => new ExchangeService.Duty(AgentAction.Pause));
        Prefix(codes.AnyMailbox, 15, static number => new ExchangeService.Mailbox(number));
        Prefix(codes.AgentPause, 2, static reason => new ExchangeService.Duty(AgentAction.Pause, reason));
        Prefix(calls.RoomPrefix, 16, static name => new ExchangeService.Room(name));
        Prefix(codes.Monitor, 15, static agent => new ExchangeService.Monitor(agent));
        Prefix(codes.ForwardOn, LongestArgument, static to => new ExchangeService.Change(FeatureChange.ForwardOn, to));
        Alone(codes.ForwardOff, static () => new ExchangeService.Change(FeatureChange.ForwardOff, ""));
        Alone(codes.DoNotDisturbOn, static () => new ExchangeService.Change(FeatureChange.DoNotDisturbOn, ""));
        Alone(codes.DoNotDisturbOff, static () => new ExchangeService.Change(FeatureChange.DoNotDisturbOff, ""));
        Alone(codes.Park, static () => new ExchangeService.ReserveSlot());
        Alone(codes.Pickup, static () => new ExchangeService.Pickup(null));
        Prefix(codes.Pickup, 15, static number => new ExchangeService.Pickup(number));
        _prefixes.Sort(static (a, b) => b.Code.Length.CompareTo(a.Code.Length));
    }

    /// <summary>The service at a number; null when it is none.</summary>
    public ExchangeService? Find(string called)
    {
        if (_alone.TryGetValue(called, out var alone))
            return alone();

        foreach (var (code, longest, make) in _prefixes)
        {
            if (called.StartsWith(code, StringComparison.Ordinal) && IsArgument(called.AsSpan(code.Length), longest))
                return make(called[code.Length..]);
        }

        return null;
    }

    private static bool IsArgument(ReadOnlySpan<char> text, int longest) =>
        text.Length > 0 && text.Length <= longest && !text.ContainsAnyExceptInRange('0', '9');

    private void Alone(string code, Func<ExchangeService> make)
    {
        if (code.Length > 0)
            _alone[code] = make;
    }

    private void Prefix(string code, int longest, Func<string, ExchangeService> make)
    {
        if (code.Length > 0)
            _prefixes.Add((code, Math.Min(longest, LongestArgument), make));
    }
}
