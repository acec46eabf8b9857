using Tandem.Calls.Calls.Origination;
using Tandem.Calls.Routing;

namespace Tandem.Calls.Calls.Commands;

/// <summary>
/// Begins an attended transfer: a third party is rung, the partner hears music, and the consulting side talks to the third party once it answers. The outcome
/// is that answer; then <see cref="DecideCommand"/> says how it goes on.
/// </summary>
/// <param name="Side">Who consults.</param>
/// <param name="To">Who is rung.</param>
/// <param name="ToNumber">Their number, for the record.</param>
public sealed record ConsultCommand(CallSide Side, Destination To, string ToNumber) : CallCommand
{
    public override string Name => "consult";

    internal override CommandReply Run(CommandContext context)
    {
        var call = context.Call;
        if (!call.IsAnswered || !call.IsWhole || call.Model.Media is not { Sound.CanRecord: true } || context.LegOf(Side) is not { } consulter)
            return context.Refused("The call is not between two phones that talk");
        if (call.Transfer is { IsDone: false } || context.Control.Consultation is not null || context.Control.IsParted)
            return context.Refused("The call is being transferred already, or its sides are parted");
        if (!context.Control.TryRun(context))
            return context.Unavailable("Too many commands run in this call");

        var consultation = new Consultation(call, consulter);
        var order = new OriginationOrder { From = To, FromNumber = ToNumber, To = To, ToNumber = consulter.Number };
        if (call.Environment.Originations.Consult(call.Model.Tenant, order, consultation, context) is not { } second)
        {
            context.Control.Forget(context);
            return context.Unavailable("The exchange takes no more calls now");
        }

        context.Control.Consultation = consultation;
        consultation.Begin(second);
        return context.Begun();
    }
}
