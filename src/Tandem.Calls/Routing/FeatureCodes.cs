using Tandem.Calls.Calls;

namespace Tandem.Calls.Routing;

/// <summary>What is dialled to reach a feature; each is an option, and an empty one switches its feature off. Those of echo and rooms are in <see cref="CallOptions"/>.</summary>
public sealed record FeatureCodes
{
    public static readonly FeatureCodes Default = new();

    /// <summary>Dialled before the number of an agent: a supervisor hears his calls. Default *33.</summary>
    public string Monitor { get; init; } = "*33";

    /// <summary>Pressed in a call: begins its recording, or ends it. Default *1.</summary>
    public string RecordCall { get; init; } = "*1";

    /// <summary>Pressed in a call that is recorded: pauses that while a card number is said, or goes on. Default *2.</summary>
    public string PauseRecording { get; init; } = "*2";

    /// <summary>The messages of one's own phone. Default *97.</summary>
    public string OwnMailbox { get; init; } = "*97";

    /// <summary>The messages of any extension, with its PIN: alone, or with the extension behind it. Default *98.</summary>
    public string AnyMailbox { get; init; } = "*98";

    /// <summary>An agent logs in to his queues. Default *51.</summary>
    public string AgentLogIn { get; init; } = "*51";

    /// <summary>He logs out. Default *52.</summary>
    public string AgentLogOut { get; init; } = "*52";

    /// <summary>He begins a pause, or ends it; digits behind it are its reason. Default *53.</summary>
    public string AgentPause { get; init; } = "*53";

    /// <summary>Dialled before a number: all calls go there. Default *72.</summary>
    public string ForwardOn { get; init; } = "*72";

    /// <summary>They do no longer. Default *73.</summary>
    public string ForwardOff { get; init; } = "*73";

    /// <summary>Nobody rings here. Default *78.</summary>
    public string DoNotDisturbOn { get; init; } = "*78";

    /// <summary>They may again. Default *79.</summary>
    public string DoNotDisturbOff { get; init; } = "*79";

    /// <summary>Dials again what was dialled last. Default *66.</summary>
    public string Redial { get; init; } = "*66";

    /// <summary>Calls back who called last. Default *69.</summary>
    public string LastCaller { get; init; } = "*69";

    /// <summary>Dialled before an extension whose phone answers by itself (RFC 5373). Default *80.</summary>
    public string Intercom { get; init; } = "*80";

    /// <summary>Parks: who is transferred there waits in a slot, and who dials it is told a slot to transfer somebody to. Default *70.</summary>
    public string Park { get; init; } = "*70";

    /// <summary>Takes a call that rings at a phone of one's pickup group; with an extension behind it, that one's. Default *8. Codes that begin with it go before.</summary>
    public string Pickup { get; init; } = "*8";

    /// <summary>True for all that is dialled for a feature, or with a code before it: whatever else has such a number is not reached by it.</summary>
    public static bool IsCode(string called, CallOptions calls, FeatureCodes codes) =>
        called.Length > 0 && (called == codes.Redial || called == codes.LastCaller || codes.IntercomTo(called) is not null || Has(called, calls, codes));

    /// <summary>The extension behind the code of intercom; null for any other number.</summary>
    public string? IntercomTo(string called) =>
        Intercom.Length > 0 && called.Length > Intercom.Length && called.StartsWith(Intercom, StringComparison.Ordinal) && !called.AsSpan(Intercom.Length).ContainsAnyExceptInRange('0', '9')
            ? called[Intercom.Length..] : null;

    /// <summary>True when the exchange itself answers at a number.</summary>
    public static bool Has(string called, CallOptions calls, FeatureCodes codes) => new FeatureTable(calls, codes).Find(called) is not null;
}
