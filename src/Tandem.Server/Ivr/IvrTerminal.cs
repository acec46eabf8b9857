using Tandem.Calls.Calls.Programs;
using Tandem.Calls.Ivr;
using Tandem.Server.Cli;

namespace Tandem.Server.Ivr;

/// <summary>Somebody at a terminal in the place of a caller: what is played is printed, what is typed are keys. Time stands still: an empty line is the silence that a step waits for.</summary>
internal sealed class IvrTerminal(CliContext context, string caller, string called, DateTime? at) : IIvrPerson
{
    private const string Keys = "0123456789*#ABCD";

    private readonly Queue<char> _keys = new();
    private readonly long _began = context.Time.GetTimestamp();
    private bool _isSilent;

    public bool IsGone { get; private set; }

    public string Language { get; set; } = "";

    public string Caller => caller;

    public string Called => called;

    public string CallId => "";

    public TimeSpan Elapsed => context.Time.GetElapsedTime(_began);

    public DateTime LocalTime => at ?? context.Time.GetLocalNow().DateTime;

    public ValueTask<PlayEnd> PlayAsync(Prompt prompt, bool keysStop)
    {
        if (IsGone)
            return new ValueTask<PlayEnd>(PlayEnd.Gone);
        if (keysStop && _keys.Count > 0)
            return new ValueTask<PlayEnd>(PlayEnd.Key);

        context.Output.WriteLine($"  plays  {prompt}{(Language.Length > 0 ? $"  [{Language}]" : "")}");
        return new ValueTask<PlayEnd>(PlayEnd.Finished);
    }

    public ValueTask<char?> KeyAsync(TimeSpan wait)
    {
        if (_keys.Count == 0 && !_isSilent)
            Type();
        if (_keys.TryDequeue(out var key))
            return new ValueTask<char?>(key);

        _isSilent = false;
        return new ValueTask<char?>((char?)null);
    }

    public async ValueTask<string> ReadAsync(ReadOrder order)
    {
        if (order.Prompt is { } prompt)
            await PlayAsync(prompt, order.KeysStop);

        // What stands on one line was typed without a pause; its end is the silence after it.
        var digits = "";
        while (digits.Length < order.Max && (digits.Length == 0 || _keys.Count > 0) && await KeyAsync(order.First) is { } key && key != order.Terminator)
            digits += key;
        return digits;
    }

    public ValueTask<RecordedMessage?> RecordAsync(RecordOrder order)
    {
        context.Output.WriteLine($"  records a message of at most {order.MaxLength.TotalSeconds} s");
        Type();
        _keys.Clear();
        return new ValueTask<RecordedMessage?>(IsGone ? null : new RecordedMessage("try", TimeSpan.FromSeconds(3), null, true));
    }

    public ValueTask<IvrWebAnswer> AskAsync(IvrWebRequest request, Prompt? meanwhile)
    {
        context.Output.WriteLine($"  asks   {(request.Body is null ? "GET" : "POST")} {request.Url}");
        context.Output.Write("  the answer (JSON on one line, or a status)? ");
        var line = context.Input.ReadLine() ?? "";
        return new ValueTask<IvrWebAnswer>(int.TryParse(line, out var status) ? new IvrWebAnswer(status, default) : new IvrWebAnswer(200, System.Text.Encoding.UTF8.GetBytes(line)));
    }

    public ValueTask<IvrTransferEnd> TransferAsync(IvrTransfer transfer)
    {
        context.Output.Write($"  calls  {transfer.To}  (answered, busy, noanswer, failed)? ");
        return new ValueTask<IvrTransferEnd>((context.Input.ReadLine() ?? "quit").Trim() switch
        {
            "busy" => IvrTransferEnd.Busy,
            "noanswer" => IvrTransferEnd.NoAnswer,
            "failed" => IvrTransferEnd.Failed,
            _ => IvrTransferEnd.Done,
        });
    }

    public void Report(IvrStepReport report) =>
        context.Output.WriteLine($"{report.Flow}/{report.Step} ({report.Kind}): {report.Result}{(report.Input.Length > 0 ? $" {report.Input}" : "")}{(report.Detail.Length > 0 ? $", {report.Detail}" : "")} -> {report.Next ?? "end"}");

    private void Type()
    {
        context.Output.Write("  keys? ");
        if (context.Input.ReadLine() is not { } line || line.Trim() == "quit")
        {
            IsGone = true;
            return;
        }

        foreach (var one in line)
        {
            if (Keys.Contains(one, StringComparison.Ordinal))
                _keys.Enqueue(one);
        }

        _isSilent = _keys.Count == 0;
    }
}
