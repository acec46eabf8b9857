using System.Text.Json;
using Tandem.Calls.Events;

namespace Tandem.Calls.Tracing;

/// <summary>What the trace of a call says of an event besides its name.</summary>
internal static class TraceFields
{
    public static void Write(Utf8JsonWriter json, CallEvent e, bool hidesDigits)
    {
        var call = e.Call;
        switch (e)
        {
            case CallCreated:
                json.WriteString("caller", call.CallerNumber);
                json.WriteString("callee", call.CalleeNumber);
                break;
            case CallHeld held:
                json.WriteString("by", held.By.ToString());
                break;
            case CallResumed resumed:
                json.WriteString("by", resumed.By.ToString());
                break;
            case CallDigit digit:
                json.WriteString("by", digit.By.ToString());
                json.WriteString("digit", hidesDigits || digit.IsSecret ? "x" : digit.Digit.ToString());
                break;
            case CallRecordingChanged:
                json.WriteString("recording", call.Recording.ToString());
                break;
            case CallRecordingFailed failed:
                json.WriteString("problem", failed.Problem);
                break;
            case IvrStepped { Report: var step }:
                json.WriteString("flow", step.Flow);
                json.WriteString("step", step.Step);
                json.WriteString("kind", step.Kind);
                json.WriteString("result", step.Result.ToString());
                json.WriteString("input", hidesDigits ? new string('x', step.Input.Length) : step.Input);
                json.WriteString("next", step.Next);
                json.WriteNumber("seconds", Math.Round(step.Took.TotalSeconds, 3));
                json.WriteString("detail", step.Detail);
                break;
            case CallWaiting waiting:
                json.WriteString("program", waiting.Name);
                json.WriteNumber("limitSeconds", waiting.Limit.TotalSeconds);
                break;
            case CallTransferred transferred:
                json.WriteString("by", transferred.By.ToString());
                json.WriteString("newCall", transferred.NewCall.Value);
                break;
            case IParkedCallEvent parked:
                json.WriteString("slot", parked.Slot);
                json.WriteString("parkedBy", parked.ParkedBy);
                break;
            case CallRetrieved retrieved:
                json.WriteString("slot", retrieved.Slot);
                json.WriteString("number", retrieved.Number);
                break;
            case CallPickedUp pickedUp:
                json.WriteString("number", pickedUp.Number);
                json.WriteString("takenBy", pickedUp.TakenBy);
                break;
            default:
                break;
        }
    }
}
