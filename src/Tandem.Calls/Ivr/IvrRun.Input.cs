using Tandem.Calls.Calls.Programs;

namespace Tandem.Calls.Ivr;

/// <summary>What callers are asked for.</summary>
public sealed partial class IvrRun
{
    private async ValueTask<Outcome> AskAsync(IvrStep.Menu menu)
    {
        var isSilent = false;
        var typed = "";
        for (var attempt = 0; attempt < menu.Patience.Tries && !person.IsGone; attempt++)
        {
            await person.PlayAsync(menu.Prompt.Fill(Variables), keysStop: true);
            var key = await person.KeyAsync(menu.Patience.Wait);
            isSilent = key is null;
            if (key is { } pressed)
            {
                typed = pressed.ToString();
                Variables.Set("digits", typed);
                if (menu.Keys.TryGetValue(pressed, out var next))
                    return new Outcome(next) { Input = typed };
            }

            if (!await MistakeAsync(menu.Patience, isSilent, attempt))
                break;
        }

        return await GiveUpAsync(menu.Patience, isSilent, typed);
    }

    private async ValueTask<Outcome> CollectAsync(IvrStep.Collect collect)
    {
        var isSilent = false;
        var typed = "";
        for (var attempt = 0; attempt < collect.Patience.Tries && !person.IsGone; attempt++)
        {
            typed = await person.ReadAsync(new ReadOrder
            {
                Prompt = collect.Prompt?.Fill(Variables),
                Max = collect.Max,
                Terminator = collect.Terminator,
                First = collect.Patience.Wait,
                Between = collect.Between,
                KeysStop = collect.KeysStop,
            });
            isSilent = typed.Length == 0;
            if (!isSilent && typed.Length >= collect.Min && (collect.Pattern is null || IvrCondition.IsMatch(collect.Pattern, typed)))
            {
                Variables.Set(collect.Into, typed);
                if (!collect.IsSecret)
                    Variables.Set("digits", typed);
                return new Outcome(collect.Next) { Input = Shown(typed, collect.IsSecret) };
            }

            if (!await MistakeAsync(collect.Patience, isSilent, attempt))
                break;
        }

        return await GiveUpAsync(collect.Patience, isSilent, Shown(typed, collect.IsSecret));
    }

    private static string Shown(string typed, bool isSecret) => isSecret ? new string('*', typed.Length) : typed;

    // False when there were too many of them in this run.
    private async ValueTask<bool> MistakeAsync(IvrPatience patience, bool isSilent, int attempt)
    {
        if (person.IsGone || ++_mistakes > options.MaxMistakes)
            return false;
        if (attempt + 1 >= patience.Tries)
            return true;

        if (isSilent && patience.SilentPrompt is { } silent)
            await person.PlayAsync(silent.Fill(Variables), keysStop: true);
        else if (!isSilent)
            await person.PlayAsync(patience.InvalidPrompt?.Fill(Variables) ?? Prompt.Error, keysStop: true);
        return true;
    }

    private async ValueTask<Outcome> GiveUpAsync(IvrPatience patience, bool isSilent, string typed)
    {
        var result = person.IsGone ? IvrStepResult.Gone : isSilent ? IvrStepResult.Silent : IvrStepResult.Invalid;
        var next = _mistakes > options.MaxMistakes ? null : isSilent ? patience.OnSilent : patience.OnInvalid;
        if (next is null && !person.IsGone)
            await person.PlayAsync(Prompt.Sounds(options.Goodbye), keysStop: false);
        return new Outcome(next) { Result = result, Input = typed, IsOver = next is null };
    }
}
