using Tandem.Calls.Calls.Programs;
using Tandem.Calls.Routing.Rules;

namespace Tandem.Calls.Queues;

/// <summary>
/// A waiting caller is asked where he is to be called back: 1 confirms the number by which he called, 2 lets him type another one where the queue allows that. He keeps his place
/// meanwhile. Null: he goes on waiting.
/// </summary>
internal static class CallbackDialogue
{
    /// <summary>True when this caller could be called back at some number.</summary>
    public static bool IsOpen(ServedCall person, QueueSettings settings) => settings.CallbackKey.Length > 0 && (Own(person, settings) is not null || settings.CallbackTo.Length > 0);

    public static async ValueTask<string?> RunAsync(ServedCall person, QueueSettings settings)
    {
        var time = person.Call.Environment.Queues.Options.CallbackKeyTime;
        var own = Own(person, settings);
        var mayType = settings.CallbackTo.Length > 0;
        if (own is not null)
        {
            List<PromptPart> parts = [new PromptPart.Sound("queue-callback-number"), new PromptPart.Spelled(own), new PromptPart.Sound("queue-callback-press-1")];
            if (mayType)
                parts.Add(new PromptPart.Sound("queue-callback-press-2"));
            var key = await person.ListenAsync(new Prompt(parts), time, static () => false);
            if (key == '1')
                return own;
            if (key != '2' || !mayType)
                return null;
        }

        var typed = await person.ReadAsync(new ReadOrder { Prompt = Prompt.Sounds("queue-callback-type"), Max = 20, First = time, Between = time });
        if (typed.Length > 0 && IsAllowed(settings, typed) && CallbackProgram.IsPossible(person.Call.Environment, person.Tenant, settings, typed))
            return typed;
        if (!person.IsGone)
            await person.PlayAsync(Prompt.Error);
        return null;
    }

    // What was presented, and nothing that anybody could type: else the queue would call whom a stranger wants, at the tenant's cost.
    private static string? Own(ServedCall person, QueueSettings settings)
    {
        var snapshot = person.Call.Model.Snapshot;
        return !snapshot.CallerIsPrivate && CallbackProgram.IsPossible(person.Call.Environment, person.Tenant, settings, snapshot.CallerNumber) ? snapshot.CallerNumber : null;
    }

    private static bool IsAllowed(QueueSettings settings, string number)
    {
        foreach (var text in settings.CallbackTo.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (NumberPattern.TryParse(text, out var pattern, out _) && pattern.Matches(number))
                return true;
        }

        return false;
    }
}
