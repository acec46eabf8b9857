using Tandem.Core.Time;

namespace Tandem.Calls.Calls.Commands;

/// <summary>Keys that are being read for a command. On the call's shard.</summary>
internal sealed class DigitCollection
{
    private readonly CommandContext _command;
    private readonly CollectCommand _order;
    private readonly CallbackTimer _timer;
    private string _digits = "";

    public DigitCollection(CommandContext command, CollectCommand order)
    {
        _command = command;
        _order = order;
        _timer = new CallbackTimer(_ => Finish());
        Wait(order.First);
    }

    /// <summary>True once nothing is read any more.</summary>
    public bool IsOver { get; private set; }

    /// <summary>What is typed is a secret.</summary>
    public bool IsSecret => _order.IsSecret;

    /// <summary>The side pressed a key.</summary>
    public void Take(char key)
    {
        if (IsOver)
            return;

        if (key != _order.Terminator)
            _digits += key;
        if (key == _order.Terminator || _digits.Length == _order.Max)
            Finish();
        else
            Wait(_order.Between);
    }

    /// <summary>The call ends: its command has been told so.</summary>
    public void Drop()
    {
        IsOver = true;
        _command.Call.Environment.Wheel.Cancel(_timer);
    }

    private void Wait(TimeSpan span) => _command.Call.Environment.Wheel.Schedule(_timer, _command.Call.Now + span);

    private void Finish()
    {
        Drop();
        if (IsSecret)
            _command.Control.Keep(_command.Id, _digits);
        _command.End(CommandOutcome.Done, detail: _digits.Length == 0 ? "Nothing was typed" : "", digits: IsSecret ? new string('*', _digits.Length) : _digits);
    }
}
