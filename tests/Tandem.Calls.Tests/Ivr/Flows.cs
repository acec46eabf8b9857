namespace Tandem.Calls.Tests.Ivr;

/// <summary>Documents that several tests use.</summary>
internal static class Flows
{
    /// <summary>A menu of three steps: language, subject, and a number to type.</summary>
    public const string Main = """
        {
          "name": "Main menu", "start": "welcome", "variables": { "tries": 0 },
          "steps": {
            "welcome": { "do": "play", "prompt": ["conf-welcome", "silence:200"], "next": "menu" },
            "menu": { "do": "menu", "prompt": "enter-extension", "tries": 2, "wait": 5, "keys": { "1": "sales", "2": "pin", "9": "bye" }, "onSilent": "operator" },
            "sales": { "do": "transfer", "to": "extension:101", "timeout": 10, "onBusy": "busy", "onNoAnswer": "message", "onFailed": "bye" },
            "busy": { "do": "play", "prompt": "is-busy", "next": "bye" },
            "message": { "do": "record", "maxLength": 30, "into": "message", "next": "bye" },
            "pin": { "do": "collect", "prompt": "enter-pin", "min": 4, "max": 6, "pattern": "[1-9][0-9]*", "secret": true, "into": "pin", "tries": 2, "onInvalid": "bye", "next": "check" },
            "check": { "do": "branch", "cases": [ { "variable": "pin", "equals": "4711", "next": "vip" } ], "otherwise": "bye" },
            "vip": { "do": "say", "text": "Hello ${caller}", "next": "bye" },
            "operator": { "do": "transfer", "to": "100" },
            "bye": { "do": "hangup", "prompt": "goodbye" }
          }
        }
        """;
}
