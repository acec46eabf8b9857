using Tandem.Media.Playback.Prompts;
using Tandem.Server.Options.Kinds;

namespace Tandem.Server.Options;

public static partial class OptionsCatalog
{
    private const string Ivr = "Menus (IVR)";

    private static readonly TextKind PromptName = new("the name of a sound: " + SoundName.Accepts, static name => SoundName.IsValid(name), 64);

    private static void AddIvr(List<Setting> list)
    {
        list.Add(Ivr, "IVR_MAX_STEPS", o => o.Ivr.MaxSteps, Count(1, 100_000, "steps"), "Steps of one run, sub-flows included: no caller walks so many, a loop does.");
        list.Add(Ivr, "IVR_MAX_DURATION", o => o.Ivr.MaxDuration, Seconds(1, 86_400), "The longest run, up to a transfer: who is served longer waits in a queue.");
        list.Add(Ivr, "IVR_MAX_MISTAKES", o => o.Ivr.MaxMistakes, Count(1, 1_000, "inputs"), "Wrong and missing inputs of one run: then nobody is there, or no person.");
        list.Add(Ivr, "IVR_MAX_DEPTH", o => o.Ivr.MaxDepth, Count(1, 20, "flows"), "How deep flows may lie in flows.");
        list.Add(Ivr, "IVR_MAX_FLOWS", o => o.Ivr.MaxFlows, Count(1, 100_000, "flows"), "Flows that a tenant may keep.");
        list.Add(Ivr, "IVR_MAX_DOCUMENT", o => o.Ivr.MaxDocumentBytes, new SizeKind(1_024, 16 << 20), "The longest document.");
        list.Add(Ivr, "IVR_MAX_FLOW_STEPS", o => o.Ivr.MaxFlowSteps, Count(1, 10_000, "steps"), "Steps of one flow.");
        list.Add(Ivr, "IVR_PATTERN_TIMEOUT", o => o.Ivr.PatternTimeout, Milliseconds(1, 10_000), "How long a pattern may look at what a caller typed; one that needs more was made to hang.");
        list.Add(Ivr, "IVR_WEB_TIMEOUT", o => o.Ivr.MaxWebTimeout, Seconds(0.2, 120), "The longest that a web service is waited for, whatever a step asks.");
        list.Add(Ivr, "IVR_WEB_MAX_ANSWER", o => o.Ivr.MaxWebBytes, new SizeKind(256, 16 << 20), "The longest answer of a web service.");
        list.Add(Ivr, "IVR_WEB_CONCURRENCY", o => o.Ivr.MaxWebRequests, Count(1, 10_000, "requests"), "Requests to web services at the same time, of all calls; more fail at once. A tenant has half of them at most.");
        list.Add(Ivr, "IVR_APOLOGY", o => o.Ivr.Apology, PromptName, "What a caller hears when a flow fails.");
        list.Add(Ivr, "IVR_GOODBYE", o => o.Ivr.Goodbye, PromptName, "What a caller hears who gave no usable input, before the end.");
    }
}
