using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Programs;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Calls.Programs;

/// <summary>A program that a test writes, behind the echo number.</summary>
internal sealed class TestProgram(Func<ServedCall, ValueTask<CallEnding?>> run) : ICallProgram
{
    public const string Number = "*43";

    public ValueTask<CallEnding?> RunAsync(ServedCall person) => run(person);

    /// <summary>Has the exchange of a rig run it.</summary>
    public static void Install(ExchangeRig rig, Func<ServedCall, ValueTask<CallEnding?>> run)
    {
        foreach (var shard in rig.Exchange.Shards)
            shard.Environment.MakeProgram = (_, _) => new TestProgram(run);
    }

    /// <summary>A phone calls it and is answered.</summary>
    public static PhoneDialog Call(ExchangeRig rig, ScriptedPhone phone)
    {
        var dialog = phone.Dial(Number);
        dialog.Invite(Sdp.Audio());
        dialog.Ack(phone.Expect("200 INVITE"));
        rig.Run(0.1);
        return dialog;
    }
}
