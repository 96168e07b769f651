"""A support desk: what one customer said never shows up for another, and one may be forgotten."""

from mem0 import Memory

CUSTOMERS = {
    "mara": "I ordered the blue bicycle.",
    "otto": "I ordered the red kayak.",
}


def main():
    desk = Memory()
    for customer, said in CUSTOMERS.items():
        desk.add(said, user_id=customer, metadata={"channel": "mail"})
    found = {
        customer: [
            entry["memory"] for entry in desk.search("What was ordered?", filters={"user_id": customer})["results"]
        ]
        for customer in CUSTOMERS
    }
    desk.delete_all(user_id="otto")
    left = {customer: desk.get_all(filters={"user_id": customer})["results"] for customer in CUSTOMERS}
    desk.close()
    return {"found": found, "left": {customer: len(entries) for customer, entries in left.items()}}
