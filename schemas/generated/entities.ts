// Made from schemas/entities.schema.json by `npm run generate`. Do not edit.

/** The fields that templates and conditions can read, and whether `custom.*` exists beside them. */
export const entities = {
  "contact": {
    "fields": {
      "id": {
        "type": "text",
        "optional": false,
        "description": "Your id of the contact."
      },
      "name": {
        "type": "text",
        "optional": true,
        "description": "Full name."
      },
      "first_name": {
        "type": "text",
        "optional": true,
        "description": "Given name."
      },
      "last_name": {
        "type": "text",
        "optional": true,
        "description": "Family name."
      },
      "email": {
        "type": "text",
        "optional": true,
        "description": "Email address."
      },
      "phone": {
        "type": "text",
        "optional": true,
        "description": "Phone number in E.164: a plus, the country code and the number, digits only."
      },
      "timezone": {
        "type": "text",
        "optional": true,
        "description": "IANA time zone. An unknown one falls back to the workspace's."
      },
      "language": {
        "type": "text",
        "optional": true,
        "description": "Language tag."
      },
      "company": {
        "type": "text",
        "optional": true,
        "description": "The company that the contact works for."
      }
    },
    "custom": true
  },
  "agent": {
    "fields": {
      "id": {
        "type": "text",
        "optional": true,
        "description": "Your id of the agent."
      },
      "name": {
        "type": "text",
        "optional": true,
        "description": "Name as the contact should read it."
      },
      "email": {
        "type": "text",
        "optional": true,
        "description": "Email address."
      }
    },
    "custom": false
  },
  "conversation": {
    "fields": {
      "id": {
        "type": "text",
        "optional": false,
        "description": "Your id of the conversation."
      },
      "contact_id": {
        "type": "text",
        "optional": false,
        "description": "The contact it is with."
      },
      "inbox": {
        "type": "text",
        "optional": false,
        "description": "Id of the inbox it runs in."
      },
      "status": {
        "type": "text",
        "optional": false,
        "description": "Where it stands.",
        "options": [
          "open",
          "snoozed",
          "resolved"
        ]
      },
      "subject": {
        "type": "text",
        "optional": true,
        "description": "What it is about."
      },
      "last_inbound_at": {
        "type": "datetime",
        "optional": true,
        "description": "When the contact last wrote."
      },
      "agent_id": {
        "type": "text",
        "optional": true,
        "description": "The agent it is assigned to."
      }
    },
    "custom": true
  },
  "deal": {
    "fields": {
      "id": {
        "type": "text",
        "optional": false,
        "description": "Your id of the deal."
      },
      "contact_id": {
        "type": "text",
        "optional": false,
        "description": "The contact it is with."
      },
      "title": {
        "type": "text",
        "optional": false,
        "description": "What is to be sold."
      },
      "value": {
        "type": "currency",
        "optional": true,
        "description": "What it is worth, in `currency`."
      },
      "currency": {
        "type": "text",
        "optional": true,
        "description": "ISO 4217 code."
      },
      "stage": {
        "type": "text",
        "optional": true,
        "description": "Your pipeline's stage."
      },
      "status": {
        "type": "text",
        "optional": false,
        "description": "Where it stands.",
        "options": [
          "open",
          "won",
          "lost"
        ]
      },
      "expected_close_on": {
        "type": "date",
        "optional": true,
        "description": "When it is expected to close."
      },
      "agent_id": {
        "type": "text",
        "optional": true,
        "description": "The agent who looks after it."
      }
    },
    "custom": true
  },
  "appointment": {
    "fields": {
      "id": {
        "type": "text",
        "optional": false,
        "description": "Your id of the appointment."
      },
      "contact_id": {
        "type": "text",
        "optional": false,
        "description": "The contact it is with."
      },
      "title": {
        "type": "text",
        "optional": false,
        "description": "What it is."
      },
      "starts_at": {
        "type": "datetime",
        "optional": false,
        "description": "When it starts."
      },
      "ends_at": {
        "type": "datetime",
        "optional": true,
        "description": "When it ends."
      },
      "location": {
        "type": "text",
        "optional": true,
        "description": "Where it is."
      },
      "status": {
        "type": "text",
        "optional": false,
        "description": "Where it stands.",
        "options": [
          "scheduled",
          "confirmed",
          "completed",
          "no_show",
          "canceled"
        ]
      }
    },
    "custom": true
  },
  "charge": {
    "fields": {
      "id": {
        "type": "text",
        "optional": false,
        "description": "Your id of the charge."
      },
      "contact_id": {
        "type": "text",
        "optional": false,
        "description": "The contact who pays."
      },
      "number": {
        "type": "text",
        "optional": false,
        "description": "The number that the contact knows it by."
      },
      "amount": {
        "type": "currency",
        "optional": false,
        "description": "How much, in `currency`."
      },
      "currency": {
        "type": "text",
        "optional": false,
        "description": "ISO 4217 code."
      },
      "due_on": {
        "type": "date",
        "optional": false,
        "description": "The day it is due."
      },
      "payment_url": {
        "type": "link",
        "optional": true,
        "description": "Where it can be paid."
      },
      "status": {
        "type": "text",
        "optional": false,
        "description": "Where it stands.",
        "options": [
          "pending",
          "overdue",
          "paid",
          "canceled",
          "refunded"
        ]
      }
    },
    "custom": true
  },
  "workspace": {
    "fields": {
      "name": {
        "type": "text",
        "optional": false,
        "description": "The sender's name."
      },
      "address": {
        "type": "text",
        "optional": true,
        "description": "The sender's postal address."
      }
    },
    "custom": false
  },
  "enrollment": {
    "fields": {
      "id": {
        "type": "text",
        "optional": false,
        "description": "The enrollment's id."
      },
      "started_at": {
        "type": "datetime",
        "optional": false,
        "description": "When it started."
      }
    },
    "custom": false
  },
  "unsubscribe_url": {
    "type": "link",
    "optional": false,
    "description": "The contact's own page to opt out."
  }
} as const;
